"""From the bytes of a sealed definition to the definition and its parts: all that a run needs. No parser, no checks."""

import json
from typing import Any

from dsl.definition.canonical import digest
from dsl.definition.definition import Definition
from dsl.definition.encode import decode
from dsl.definition.form import FORMAT, to_bytes
from dsl.definition.reach import reach


class UnsealError(Exception):
    """These bytes are not a definition that this version can run."""


def unseal(data: bytes, expected: str | None = None) -> Definition:
    """The definition; `expected` is the hash under which the bytes were asked for."""
    hash_ = digest(data)
    if expected is not None and hash_ != expected:
        raise UnsealError(f"the bytes of definition {expected} have another hash: {hash_}")
    try:
        form = decode(data)
        return Definition(hash=hash_, **{part: form[part] for part in _PARTS})
    except (KeyError, TypeError, ValueError) as error:
        raise UnsealError(f"definition {hash_} {_reason(data, error)}") from error


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


def _reason(data: bytes, error: Exception) -> str:
    """Why the bytes could not be read: a later form is told from damage."""
    try:
        form: Any = json.loads(data)
        format_ = form["format"]
    except (KeyError, TypeError, ValueError):
        return f"is damaged: {error}"
    if type(format_) is int and format_ > FORMAT:
        return f"has format {format_}, and this version reads up to {FORMAT}: use a newer version"
    return f"is damaged: {error}"
