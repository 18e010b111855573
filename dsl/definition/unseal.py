"""From the bytes of a sealed definition to the definition and its parts: all that a run needs. No parser, no checks."""

import json
from typing import Any

from dsl.definition.canonical import canonical, digest
from dsl.definition.definition import Definition
from dsl.definition.encode import decode
from dsl.definition.form import EDITIONS, FORMAT, to_bytes
from dsl.definition.linked import dangling
from dsl.definition.reach import reach
from dsl.definition.upgrade import upgraded
from dsl.definition.well_formed import problem_of
from dsl.expressions.json_reading import unique_pairs


class UnsealError(Exception):
    """These bytes are not a definition that this version can run."""


def unseal(data: bytes, expected: str | None = None) -> Definition:
    """The definition; `expected` is the hash under which the bytes were asked for."""
    hash_ = digest(data)
    if expected is not None and hash_ != expected:
        raise UnsealError(f"the bytes of definition {expected} have another hash: {hash_}")
    problem, form = _read(data)
    if problem is None:
        problem = problem_of(form)
    if problem is None:
        definition = Definition(hash=hash_, **{part: form[part] for part in _PARTS})
        problem = dangling(definition)
        if problem is None:
            return definition
    raise UnsealError(f"definition {hash_} {problem}")


def pack(definition: Definition) -> bytes:
    """The bytes that `unseal` was given, or would be given for a narrowed definition."""
    return to_bytes(definition, definition.edition)


def narrow(definition: Definition, flow: str) -> Definition:
    """The definition of a child: what `flow` reaches, under the hash that it has when it is sealed alone."""
    if flow == definition.flow:
        return definition
    found = definition.derived.get(flow)
    if found is None:
        parts = reach(definition, flow)
        found = definition.derived[flow] = Definition(
            flow=parts.flow,
            flows=parts.flows,
            tools=parts.tools,
            agents=parts.agents,
            types=parts.types,
            hash=digest(to_bytes(parts, definition.edition)),
            edition=definition.edition,
        )
    return found


_PARTS = ("flow", "edition", "flows", "tools", "agents", "types")


def _read(data: bytes) -> tuple[str | None, dict[str, Any]]:
    """What is wrong with the bytes as a whole, and the form, its nodes decoded."""
    try:
        plain = json.loads(data.decode(), object_pairs_hook=unique_pairs)
        if type(plain) is not dict:
            return "is damaged: it is no object", {}
        if b"\\u" in data:
            canonical(plain)  # raises for half of a character: it can be escaped, and has no bytes
        now = upgraded(plain)
        problem = _version(now)
        return problem, decode(data if now is plain else canonical(now)) if problem is None else {}
    except (ArithmeticError, KeyError, RecursionError, TypeError, ValueError) as error:
        return f"is damaged: {type(error).__name__}: {error}"[:300], {}


def _version(plain: dict[str, Any]) -> str | None:
    """A later form or another edition means something that this version does not know, so it is not guessed at."""
    format_, edition = plain.get("format"), plain.get("edition")
    if type(format_) is int and format_ > FORMAT:
        return f"has format {format_}, and this version reads {FORMAT}: use a newer version"
    if type(format_) is not int or format_ != FORMAT:
        return f"has no format that this version reads: {format_!r} in place of {FORMAT}"[:200]
    if type(edition) is not int or edition not in EDITIONS:
        return f"is of edition {edition!r}, and this version knows {', '.join(map(str, EDITIONS))}"[:200]
    unknown = sorted(plain.keys() - {"format", *_PARTS})
    if unknown:
        return f"has parts that this version does not know: {', '.join(unknown)}"[:200]
    missing = [part for part in _PARTS if part not in plain]
    return f"lacks {', '.join(missing)}" if missing else None
