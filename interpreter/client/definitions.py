"""A definition that comes as data, and not from a text that was checked here, is looked at before anything starts.

Its JSON is held against the published schema (`schemas/definition.json`), which tells every problem with its place;
what a schema cannot say, such as a name that stands for nothing, is told when it is unsealed. Who starts one flow again
and again gets what the same bytes came to before.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dsl.definition.canonical import digest
from dsl.definition.definition import Definition
from dsl.definition.schema import definition_schema
from dsl.definition.unseal import UnsealError, unseal
from interpreter.client.errors import DefinitionRefused

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

MOST_PROBLEMS = 20
LONGEST_PROBLEM = 200
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
    except (RecursionError, ValueError) as error:
        return [f"it is no JSON: {error}"]
    try:
        found = sorted(_validator().iter_errors(form), key=lambda error: list(map(str, error.absolute_path)))
    except RecursionError:
        return ["its nodes stand too deep inside of each other"]
    told = [_told(error) for error in found[:MOST_PROBLEMS]]
    return told + ([f"and {len(found) - MOST_PROBLEMS} more"] if len(found) > MOST_PROBLEMS else [])


def _told(error: "ValidationError") -> str:
    """The place and the words of what lies deepest below an error: that is what to mend."""
    from jsonschema.exceptions import best_match

    deepest = best_match([error]) or error
    place = _path(deepest.absolute_path)
    message = deepest.message if len(deepest.message) <= LONGEST_PROBLEM else f"{deepest.message[:LONGEST_PROBLEM]}…"
    return f"{place}: {message}" if place else message


def _path(parts: Iterable[Any]) -> str:
    return "".join(f"[{part}]" if type(part) is int else f".{part}" for part in parts).removeprefix(".")


@lru_cache(maxsize=1)
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(definition_schema())
