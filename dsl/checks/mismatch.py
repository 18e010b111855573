"""SF201: a value of one type where another is asked for."""

from collections.abc import Iterator

from dsl.ast.expressions import Expression, Get, Literal
from dsl.ast.node import Node
from dsl.checks.program import Program, nearest, with_article
from dsl.diagnostics.diagnostic import Diagnostic, Label
from dsl.semantics.findings import TOLD_APART, Mismatch
from dsl.semantics.fit import NUMERIC
from dsl.semantics.instead import instead
from dsl.semantics.of_one_type import of_one_type
from dsl.semantics.types import (
    BOOL,
    DURATION,
    JSON,
    NOTHING,
    NULL,
    OPAQUE,
    TEXT,
    TIME,
    Enum,
    ListOf,
    Record,
    Type,
    UnionOf,
    holds_conversation,
    required,
    spelled,
    structure,
)
from dsl.semantics.unions import discriminator

_LONGEST = 80


def check(program: Program) -> Iterator[Diagnostic]:
    for found in program.facts.found(Mismatch):
        primary, declared = program.label(found.node), _declared(program, found)
        elsewhere = _to_be_told_apart(program, found) if found.wanted == TOLD_APART else _elsewhere(program, found)
        message, advice = elsewhere or (
            _message(found),
            _continued(program, found) or of_one_type(found) or _advice(found) or _instead(program, found),
        )
        yield Diagnostic("SF201", message, primary, (*declared, *program.also(found)), help=advice)


def _elsewhere(program: Program, found: Mismatch) -> tuple[str, str] | None:
    """What other languages allow: a text and a number beside `+`, a record as a map, json as a list."""
    if found.role == "`[ ]`" and isinstance(found.found, Record) and found.wanted == "a list or a map":
        types = {spelled(member.type) for member in found.found.members}
        kind = types.pop() if len(types) == 1 else "json"
        return "a record is no map", f"write its type, such as `var m: map[{kind}] = {{ … }}`"
    if found.role == "`for`" and found.found == JSON:
        advice = "convert it first, such as `Items(…)` with `type Items = [text] at most 20`"
        return "`for` takes a list: json has to be told apart first", advice
    if found.role != "`+`" or found.beside is None or not isinstance(found.node, Expression):
        return None
    beside = program.facts.type_of(found.beside)
    texts = [each == TEXT or isinstance(each, Enum) for each in (found.found, beside)]
    other = beside if texts[0] else found.found
    if texts.count(True) != 1 or other not in (*NUMERIC, BOOL, TIME, DURATION, JSON):
        return None
    value = program.source.slice((found.beside if texts[0] else found.node).span)
    words = found.node if texts[0] else found.beside
    start = words.value if isinstance(words, Literal) and isinstance(words.value, str) else "… "
    named = with_article(spelled(other))
    written = value if "\n" not in value and len(value) <= 40 else "…"
    return f"`+` does not join a text and {named}", f'write `"{start}{{{{ {written} }}}}"`, or `text({written})`'


def _to_be_told_apart(program: Program, found: Mismatch) -> tuple[str, str]:
    """Of `r.value`, where each branch gives something else: what `r.branch` is, is to be asked first."""
    value = program.source.slice(found.node.span)
    of = program.facts.type_of(found.node.subject) if isinstance(found.node, Get) else None
    union = structure(required(of)) if of is not None else None
    apart = discriminator(union) if isinstance(union, UnionOf) else None
    message = f"{found.role} may not be there: what `{value}` holds depends on which one it is"
    if apart is None or not isinstance(found.node, Get):
        return message, f"convert it first, as in `Page({value})`, or read it with `?.`"
    subject = program.source.slice(found.node.subject.span)
    return message, f"ask first, `match {subject}.{apart} {{ … }}`; or convert it, as in `Page({value})`"


def _message(found: Mismatch) -> str:
    wanted = found.wanted if len(found.wanted) <= _LONGEST else f"{found.wanted[: _LONGEST - 1]}…"
    reason = found.reason or f"it is {_shown(found.found)}"
    if reason == f"it is {spelled(found.found)}":
        reason = f"this is {_shown(found.found)}"
    verb = "compares with" if found.role in ("`==`", "`!=`") else "takes"
    return f"{found.role} {verb} {wanted}: {reason}"


def _shown(found: Type) -> str:
    if isinstance(found, Enum) and len(found.values) == 1:
        return f'the text "{found.values[0]}"'
    if found in (NULL, NOTHING):
        return "null" if found == NULL else "nothing"
    words = spelled(found)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _declared(program: Program, found: Mismatch) -> tuple[Label, ...]:
    declared: Node | None = found.declared
    return () if declared is None or declared is found.node else (program.label(declared, "asked for here"),)


def _advice(found: Mismatch) -> str | None:
    if isinstance(found.node, Literal) and isinstance(found.node.value, str):
        choices = tuple(part.strip('"') for part in found.wanted.split(" | ") if part.startswith('"'))
        meant = nearest(found.node.value, choices)
        if meant is not None:
            return f'did you mean "{meant}"?'
    if holds_conversation(found.found):
        return _of_conversation(found)
    if isinstance(found.found, ListOf) and found.reason is not None and "not at most" in found.reason:
        raised = "raise the bound in its type, or " if "over all rounds" in found.reason else ""
        return f"{raised}keep the last ones: `last(…, N)`"
    if found.role == "`%`" and (found.found == TEXT or isinstance(found.found, Enum)):
        return 'a value is put into a text by its name: `"… {{ x }} …"`'
    return _conversion(found)


def _instead(program: Program, found: Mismatch) -> str | None:
    beside = None if found.beside is None else program.facts.type_of(found.beside)
    return instead(found, program.source.slice(found.node.span), beside)


def _continued(program: Program, found: Mismatch) -> str | None:
    """The result of a step, where its conversation is meant."""
    symbol = program.facts.symbol_of(found.node) if found.role == "`continue`" else None
    return f"write `continue transcript({symbol.name})`" if symbol is not None and symbol.kind == "step" else None


def _of_conversation(found: Mismatch) -> str | None:
    if found.role == "`+`":
        return 'the conversation comes first: `talk + [{ role: "user", text: … }]`'
    looked_into = found.wanted in ("json", "anything that can be looked into") or OPAQUE in (found.reason or "")
    return "let an agent put in a text what is needed of it: `step … = …(…) { continue … }`" if looked_into else None


def _conversion(found: Mismatch) -> str | None:
    if found.found == JSON and found.wanted not in ("text", "int", "number", "decimal"):
        return f"convert it first, by calling a type: {_called(found.wanted)}"
    is_text = found.found == TEXT or isinstance(found.found, Enum)
    if found.wanted == "text" and (found.found in NUMERIC or found.found == JSON):
        return "write `text(…)`, or put it into a template"
    if found.wanted in ("int", "number", "decimal") and (is_text or found.found in NUMERIC or found.found == JSON):
        from_number = found.wanted == "int" and found.found in NUMERIC
        how = "`round`, `floor` or `ceil`" if from_number else f"`{found.wanted}(…)`"
        return f"nothing is converted by itself: write {how}"
    return None


def _called(wanted: str) -> str:
    """A type to call on json, as an example, where `wanted` is asked for."""
    if wanted in ("bool", "time", "duration"):
        return f"`{wanted}(…)`"
    if wanted in ("a map or a record", "a record or a map"):
        return "`type Fields = map[json]`, then `Fields(…)`"
    if wanted.startswith(("a number", "two numbers")):
        return "`int(…)`, `number(…)` or `decimal(…)`, or `text(…)`"
    return "`type Items = [text]`, then `Items(…)`"
