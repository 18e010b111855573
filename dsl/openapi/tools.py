"""Operations as tools.

Effects come from methods, as all servers have them: `get` and `head` read, `put` and `delete` are idempotent, `post`
and `patch` are writes that stay done (`final`), with a comment for who knows better: whether an idempotency key is
honoured, and what undoes it, no document says. One with a header `Idempotency-Key` is `keyed`.
"""

import re
from collections.abc import Mapping

from dsl.ast.expressions import Literal
from dsl.dataclass import dataclass, field
from dsl.diagnostics.inert import inert
from dsl.openapi.document import JSON, Document, Operation, items, record, server_of, text, texts
from dsl.openapi.names import Names, as_name, as_tool_name, is_name, quoted
from dsl.openapi.types import LONGEST_LINE, Types, comment, constraints
from dsl.regex import regex
from dsl.values.addresses import Unfit, address_of
from dsl.values.headers import name_problem

_EFFECTS = {"get": "read", "head": "read", "put": "idempotent", "delete": "idempotent"}
_KINDS = {"404": "NotFound", "409": "Conflict", "410": "Gone", "412": "PreconditionFailed", "422": "Unprocessable"}
_WITHOUT_BODY = ("get", "head")
_PLACE = regex(r"\{([^{}]*)\}")
_PATH = regex(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_FORM = "application/x-www-form-urlencoded"
_KEY = "idempotency-key"
_KNOWS_BETTER = "if the server honours a key, write `keyed` and send it; if this can be undone, write `compensate`"
MOST_FIELDS = 30
"""Of a body whose fields become parameters; a larger one is a parameter itself."""


class NoTool(ValueError):
    """Why an operation cannot be a tool."""


@dataclass(slots=True)
class _Request:
    """What is gathered of one operation."""

    names: Names = field(default_factory=lambda: Names({"key", "page"}))
    taken: dict[str, str] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    body: str = ""
    keyed: bool = False
    comments: list[str] = field(default_factory=list)

    def take(self, name: str, key: str, type_: str, bounds: str, *, required: bool) -> str:
        """A parameter; its name. What stands in two places of a path is one."""
        if key in self.taken:
            return self.taken[key]
        found = self.taken[key] = self.names.of(key, as_name(name))
        optional = type_ if type_.endswith("?") or type_ == "json" else f"({type_})?" if " | " in type_ else f"{type_}?"
        self.parameters.append(f"{found}: {type_}{bounds}" if required else f"{found}: {optional}{bounds} = null")
        return found


@dataclass(frozen=True, slots=True)
class Tools:
    document: Document
    types: Types
    server: str
    prefix: str
    names: Names = field(default_factory=Names)

    def of(self, operation: Operation) -> str:
        """The declaration as it is written. Raises `NoTool`."""
        request = _Request()
        self.types.looks_anew()
        address = self._address(operation, request)
        for parameter in operation.parameters:
            self._parameter(operation, parameter, request)
        self._body(operation, request)
        auth = self._auth(operation, request)
        name = self.names.of(operation.where, f"{self.prefix}.{as_tool_name(operation.id or operation.where)}")
        returns, errors = self._answers(operation, request)
        effect = _EFFECTS.get(operation.method, "write keyed final" if request.keyed else "write final")
        if effect == "write final":
            request.comments.append(_KNOWS_BETTER)
        parts = [f"    {each}" for each in self._parts(request)]
        inside = " {\n" + "\n".join(parts) + "\n  }" if parts else ""
        lines = [f'  http {operation.method} "{address}"{auth}{inside}']
        lines += [f"  errors {', '.join(errors)}"] if errors else []
        said = comment(operation.data.get("summary") or operation.data.get("description"), "##")
        notes = "".join(f"# {inert(each)}\n" for each in request.comments)
        behind = f"{f' -> {returns}' if returns else ''} {effect}"
        head = f"tool {name}({', '.join(request.parameters)}){behind}"
        if len(head) > LONGEST_LINE:
            head = f"tool {name}(\n  " + ",\n  ".join(request.parameters) + f"\n){behind}"
        return f"{notes}{said}{head} {{\n" + "\n".join(lines) + "\n}\n"

    def _parts(self, request: _Request) -> list[str]:
        query = [f"query {{ {', '.join(request.query)} }}"] if request.query else []
        return [*query, *request.headers, *([f"body {request.body}"] if request.body else [])]

    def _address(self, operation: Operation, request: _Request) -> str:
        """With the places of the path filled in by the parameters of that name."""
        declared = {text(each.get("name")): each for each in operation.parameters if each.get("in") == "path"}

        def place(match: re.Match[str]) -> str:
            parameter = declared.get(match[1], {"schema": {"type": "string"}})
            if parameter.get("style", "simple") != "simple":
                raise NoTool(f"`{match[1]}` is written with signs of its own (`style: {parameter['style']}`)")
            type_ = self.types.of(parameter.get("schema", {}), f"{operation.where} {match[1]}").rstrip("?")
            if type_ not in ("text", "int", "number", "bool", "time") and not type_.startswith('"'):
                raise NoTool(f"`{match[1]}` is no one value, as a part of an address is")
            schema = self.document.followed(parameter.get("schema"))
            return "{{ " + request.take(match[1], f"path {match[1]}", type_, constraints(schema), required=True) + " }}"

        if not _PATH.fullmatch(_PLACE.sub("", operation.path)) or not operation.path.startswith("/"):
            raise NoTool("its path is no path")
        if any(part.lower().replace("%2e", ".") in (".", "..") for part in operation.path.split("/")):
            raise NoTool("its path leads elsewhere")
        return self._server(operation) + _PLACE.sub(place, operation.path)

    def _server(self, operation: Operation) -> str:
        """Its own, where it has one: it is no other host that it is asked at."""
        if not operation.servers:
            return self.server
        own = server_of(operation.servers)
        try:
            if own:
                address_of(Literal(f"{own}/"))
        except Unfit as unfit:
            raise NoTool(f"its own server: {unfit}") from None
        if not own:
            raise NoTool("it has a server of its own, without its whole address")
        return own

    def _parameter(self, operation: Operation, parameter: Mapping[str, JSON], request: _Request) -> None:
        name, kind = text(parameter.get("name")), parameter.get("in")
        required = parameter.get("required") is True
        where = f"{operation.where} {name}"
        if kind == "header" and name.lower() == _KEY:
            request.keyed = True
            request.headers.append(f"header {quoted(name)}: key")
        elif kind == "query" and "schema" in parameter:
            type_ = self._flat(parameter, where)
            if type_ is None:
                self._unless(required, where, "it is no one value, and no list of values")
                return
            taken = request.take(name, f"query {name}", type_, self._bounds(parameter), required=required)
            request.query.append(f"{name if is_name(name) else quoted(name)}: {taken}")
        elif kind == "header" and name_problem(name) is None and name.lower() not in ("accept", "content-type"):
            taken = request.take(name, f"header {name}", "text", "", required=required)
            request.headers.append(f"header {quoted(name)}: {taken}")
        elif kind in ("cookie", "query") or (kind == "header" and name.lower() not in ("accept", "content-type")):
            self._unless(required, where, f"it stands in a {kind}, where no declaration can write it")

    def _unless(self, required: bool, where: str, why: str) -> None:
        if required:
            raise NoTool(f"{where.rpartition(' ')[2]}: {why}")
        self.document.leave(where, why)

    def _bounds(self, parameter: Mapping[str, JSON]) -> str:
        return constraints(self.document.followed(parameter.get("schema")))

    def _flat(self, parameter: Mapping[str, JSON], where: str) -> str | None:
        """The type of what has one value for its name, or a list of them."""
        schema = self.document.followed(parameter.get("schema"))
        plain = parameter.get("explode") is not False and parameter.get("style", "form") == "form"
        is_list = "array" in (schema.get("type"), *items(schema.get("type"))) or "items" in schema
        if is_list and not plain:
            return None
        inner = self.document.followed(schema.get("items")) if is_list else schema
        if inner.get("type") in ("array", "object") or "properties" in inner or "allOf" in inner or "oneOf" in inner:
            return None
        type_ = self.types.of(parameter["schema"], where)
        return "text" if type_ == "json" else type_

    def _body(self, operation: Operation, request: _Request) -> None:
        body = self.document.followed(operation.data.get("requestBody"))
        contents = record(body.get("content"))
        known = (_is_json, lambda each: each.partition(";")[0] in (_FORM, "text/plain"), _is_any)
        kind = next((each for knows in known for each in contents if knows(each)), None)
        if not contents:
            return
        if operation.method in _WITHOUT_BODY:
            self._unless(body.get("required") is True, f"{operation.where} body", "no server has to read it")
            return
        if kind is None:
            raise NoTool(f"its body is {', '.join(contents)}")
        if kind.partition(";")[0] not in ("application/json", "text/plain") and not _is_any(kind):
            request.headers.append(f'header "Content-Type": {quoted(kind)}')
        schema = record(contents[kind]).get("schema", {})
        with self.types.to_send():
            self._content(operation, schema, request, required=body.get("required") is True, kind=kind)

    def _content(self, operation: Operation, schema: JSON, request: _Request, *, required: bool, kind: str) -> None:
        form = kind.startswith(_FORM)
        whole = self.document.followed(schema)
        merged = self.types.merged(whole) if "allOf" in whole else whole
        properties = record((merged or {}).get("properties"))
        if required and merged is not None and 0 < len(properties) <= MOST_FIELDS and "oneOf" not in whole:
            needed = set(texts(merged.get("required")))
            entries = []
            for name, inner in properties.items():
                if self.types.is_kept_back(inner):
                    continue
                type_ = self.types.of(inner, f"{operation.where} {name}")
                if form and (type_.startswith(("{", "map[")) or type_.rstrip("?") in self._objects()):
                    raise NoTool(f"`{name}` of its form is no one value")
                bounds = constraints(self.document.followed(inner))
                taken = request.take(name, f"body {name}", type_, bounds, required=name in needed)
                entries.append(f"{name if is_name(name) else quoted(name)}: {taken}")
            request.body = "{ " + ", ".join(entries) + " }" if entries else "{}"
            return
        if form:
            raise NoTool("its form has no fields that are known")
        type_ = self.types.of(schema, f"{operation.where} body")
        request.body = request.take("body", "body", type_, "", required=required)
        if (_is_json(kind) or (_is_any(kind) and not self.types.is_text(type_))) and self.types.may_be_text(type_):
            request.body = _as_json(request, can_be_missing=not required)

    def _objects(self) -> frozenset[str]:
        records = [key for key, written in self.types.written.items() if "{ " in written or not written]
        return frozenset(self.types.names.of(key, key) for key in records)

    def _answers(self, operation: Operation, request: _Request) -> tuple[str, list[str]]:
        """The type of the result, empty for none, and the errors that statuses say."""
        responses = record(operation.data.get("responses"))
        good = next((code for code in sorted(responses) if code.upper() in ("200", "201", "202", "203", "2XX")), None)
        errors = [f"{kind} when {code}" for code, kind in _KINDS.items() if code in responses]
        if good is None or operation.method == "head":
            return "", errors
        contents = record(self.document.followed(responses[good]).get("content"))
        if not contents:
            return "", errors
        type_ = self._answer(contents, operation, request)
        may_be_empty = "204" in responses and type_ != "text" and not type_.endswith("?")
        return f"{type_}?" if may_be_empty else type_, errors

    def _answer(self, contents: Mapping[str, JSON], operation: Operation, request: _Request) -> str:
        """A tool that gives a `text` has what comes as it stands, and so the quotes of a text in JSON."""
        known = (_is_json, lambda each: each.startswith("text/"), _is_any)
        kind = next((each for knows in known for each in contents if knows(each)), "")
        schema = record(contents.get(kind)).get("schema", {})
        shape = self.document.followed(schema)
        if not kind or (_is_any(kind) and (not shape or "format" in shape)):
            raise NoTool(f"it answers with {', '.join(contents)}")
        if kind.startswith("text/"):
            return "text"
        type_ = self.types.of(schema, f"{operation.where} answer")
        if not self.types.is_text(type_):
            return type_
        if _is_any(kind):
            return "text"
        request.comments.append("it answers with a text in JSON: `text(RESULT)` is that text")
        return "json"

    def _auth(self, operation: Operation, request: _Request) -> str:
        """A credential of the worker's, by the name of its scheme."""
        asked = operation.data.get("security", self.document.data.get("security"))
        options = [list(record(each)) for each in items(asked)]
        if not options or [] in options:
            return ""
        if all(len(names) > 1 for names in options):
            raise NoTool("it needs several credentials at once")
        schemes = record(record(self.document.data.get("components")).get("securitySchemes"))
        for name in (names[0] for names in options if len(names) == 1 and names[0].strip()):
            scheme = self.document.followed(schemes.get(name))
            if scheme.get("type") == "mutualTLS":
                continue
            if scheme.get("type") != "apiKey":
                kind = text(scheme.get("scheme"))
                if scheme.get("type") == "http" and kind.lower() not in ("", "bearer"):
                    request.comments.append(f"its credential is {kind}: [auth.{name}.headers] Authorization")
                return f" auth {quoted(name)}"
            if scheme.get("in") == "header":
                request.comments.append(f"its credential stands in {text(scheme.get('name'))}: [auth.{name}.headers]")
                return f" auth {quoted(name)}"
        raise NoTool("its credential stands in the address or a cookie, or is a certificate")


def _as_json(request: _Request, *, can_be_missing: bool) -> str:
    """A body that is a text is sent as it stands, without quotes; so it is written as JSON before."""
    if not any(each.lower().startswith('header "content-type"') for each in request.headers):
        request.headers.append('header "Content-Type": "application/json"')
    written = f"json_text({request.body})"
    return f"if {request.body} == null then null else {written}" if can_be_missing else written


def _is_any(kind: str) -> bool:
    """So frameworks write that do not say what they answer with, which is JSON."""
    return kind.partition(";")[0].strip() in ("*/*", "application/*")


def _is_json(kind: str) -> bool:
    plain = kind.partition(";")[0].strip().lower()
    return plain == "application/json" or plain.endswith("+json")
