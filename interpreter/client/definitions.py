"""A definition that comes as data, and not from a text that was checked here, is looked at before anything starts.

Its shape is held against the classes of the nodes (`dsl.definition.shaped`), which tells every problem with its place,
as a JSON pointer; what is no matter of shape, such as a name that stands for nothing, is told when it is unsealed. The
published schema (`schemas/definition.json`) says the same for other programs: a validator of JSON Schema tries every
kind of node at every place, which took minutes for a list of five thousand. Who starts one flow again and again gets
what the same bytes came to before.
"""

import json
from functools import lru_cache

from dsl.definition.canonical import digest
from dsl.definition.definition import Definition
from dsl.definition.shaped import misshapen
from dsl.definition.unseal import UnsealError, unseal
from dsl.definition.upgrade import upgraded
from interpreter.client.errors import DefinitionRefused

MOST_PROBLEMS = 20
MOST_KEPT = 32


@lru_cache(maxsize=MOST_KEPT)
def from_check(data: bytes, hash: str) -> Definition:
    """The definition that a text was sealed to here."""
    return unseal(data, hash)


@lru_cache(maxsize=MOST_KEPT)
def from_data(data: bytes, expected: str | None = None) -> Definition:
    """The definition. Raises `DefinitionRefused` with everything that is wrong."""
    problems = _problems(data)
    if problems:
        raise DefinitionRefused(problems)
    try:
        return unseal(data, expected if expected is not None else digest(data))
    except UnsealError as error:
        raise DefinitionRefused([str(error)]) from error


def _problems(data: bytes) -> list[str]:
    try:
        form = json.loads(data)
        found = list(misshapen(upgraded(form) if type(form) is dict else form))
    except RecursionError:
        return ["its nodes stand too deep inside of each other"]
    except ValueError as error:
        return [f"it is no JSON: {error}"]
    told = [f"{pointer or 'the whole'}: {message}; {help}" for pointer, message, help in found[:MOST_PROBLEMS]]
    return told + ([f"and {len(found) - MOST_PROBLEMS} more"] if len(found) > MOST_PROBLEMS else [])
