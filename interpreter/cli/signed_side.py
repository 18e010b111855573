"""The version of a flow that was signed off last, for `dsl diff signed:FILE`."""

from pathlib import Path

from dsl.definition.definition import Definition
from dsl.definition.unseal import UnsealError, unseal
from interpreter.cli.problem import Misuse, Refused
from interpreter.identity.errors import UnusablePeople, UnusableSigners
from interpreter.identity.signed_off import last_signed


def signed_definition(path: str, flow: str | None) -> Definition:
    """Only signatures that count are looked at. Raises `Misuse`, and `Refused` where it cannot be read any more."""
    try:
        found = last_signed(Path(path))
    except (UnusablePeople, UnusableSigners) as error:
        raise Misuse(f"what was signed of {path} cannot be told: {error}") from error
    if not found:
        raise Misuse(f"nobody has signed a flow of {path}: no signature in {path}.signed counts")
    if flow is None and len(found) > 1:
        raise Misuse(f"several flows of {path} are signed: `signed:{path}:NAME` with one of {', '.join(sorted(found))}")
    named = next(iter(found)) if flow is None else flow
    if named not in found:
        raise Misuse(f"nobody has signed the flow `{named}` of {path}; signed are {', '.join(sorted(found))}")
    version = found[named].version
    try:
        return unseal(version.definition, version.hash)
    except UnsealError as error:
        raise Refused(f"what was signed as {version.hash[:12]} cannot be read any more: {error}") from error
