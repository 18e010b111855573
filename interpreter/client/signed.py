"""Where that is required, nothing is started that is not signed off: who must sign is named, and what has changed."""

from pathlib import Path
from typing import TYPE_CHECKING

from dsl.definition.seal import Sealed
from dsl.definition.unseal import UnsealError, unseal
from dsl.diagnostics.inert import inert
from interpreter.client.errors import Unsigned

if TYPE_CHECKING:
    from dsl.differences.changes import Change
    from interpreter.identity.signed_off import Standing

_ONLY = "only what is signed off is started here"
MOST_CHANGES = 10
"""How many a message names."""


def refuse_unsigned(sealed: Sealed) -> None:
    """Of a text that stands in a file: its place says who must sign. Raises `Unsigned`."""
    # Signatures need a large library.
    from interpreter.identity.errors import UnusablePeople, UnusableSigners
    from interpreter.identity.signed_off import standing

    source = sealed.source_map.get("source", {})
    file = Path(source.get("name", ""))
    if not source or not file.is_file():
        raise Unsigned(f"{_ONLY}, and `{sealed.flow}` is from no file beside which a signature could be")
    try:
        found = standing(file, sealed)
    except (UnusablePeople, UnusableSigners) as error:
        raise Unsigned(f"whether `{sealed.flow}` is signed off cannot be told: {error}") from error
    if not found.demands:
        raise Unsigned(f"{_ONLY}, and no line of a SIGNERS above {file} says who must sign it; `nobody` says so too")
    if found.missing:
        raise Unsigned("\n".join(told(found)))


def told(found: "Standing") -> list[str]:
    """What is missing, what does not count, and what has changed: lines that nothing in a file can make more of."""
    who = ", ".join(map(str, found.missing))
    lines = [f"{found.file}: `{found.version.flow}` ({found.version.hash[:12]}) is not signed off: it lacks {who}"]
    lines += [f"  signed by {known.person}" for known, _ in found.signed.values()]
    lines += [f"  {reason}" for reason in found.void]
    if found.before is not None:
        by = ", ".join(known.person for known, _ in found.before.signed.values())
        lines.append(f"  since {found.before.version.hash[:12]}, which {by} signed:")
        changes = since(found)
        lines += ["    how it differs cannot be told"] if changes is None else []
        lines += [f"    {_change(each)}" for each in (changes or ())[:MOST_CHANGES]]
        lines += [f"    and {len(changes) - MOST_CHANGES} more"] if changes and len(changes) > MOST_CHANGES else []
    return [inert(line) for line in lines]


def since(found: "Standing") -> "tuple[Change, ...] | None":
    """What has changed since the version that was signed before; nothing where there is none. None: the definition of
    that time cannot be read any more."""
    from dsl.differences.report import report
    from dsl.differences.sides import side_of_definition

    if found.before is None:
        return ()
    old, new = found.before.version, found.version
    try:
        before, now = (side_of_definition(each.hash, unseal(each.definition, each.hash)) for each in (old, new))
    except UnsealError:
        return None
    told = report(before, now)
    return (*told.changes, *told.follows)


def _change(change: "Change") -> str:
    from dsl.differences.wording import WORDS, heading, in_a_line

    word = WORDS[change.weight]
    return f"{heading(change.of, change.name)}: {in_a_line(change)}{f' ({word})' if word else ''}"
