"""From the bytes of a sealed definition to the definition. All that a run needs: no parser, no checks."""

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
        newer = form["format"] > FORMAT
        definition = None if newer else Definition(hash=hash_, **{part: form[part] for part in _PARTS})
    except (KeyError, TypeError, ValueError) as error:
        raise UnsealError(f"definition {hash_} is damaged: {error}") from error
    if definition is None:
        raise UnsealError(
            f"definition {hash_} has format {form['format']}, this version reads up to {FORMAT}: it is too old"
        )
    return definition


_PARTS = ("flow", "edition", "flows", "tools", "agents", "types")


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
        hash_ = digest(to_bytes(parts, definition.edition))
        found = definition.derived[flow] = Definition(
            flow, parts.flows, parts.tools, parts.agents, parts.types, hash_, definition.edition
        )
    return found
