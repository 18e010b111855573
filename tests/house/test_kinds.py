"""The kinds of errors that the interpreter raises are those of the one table, which the reference shows as it is."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

from dsl.expressions.errors import ErrorKind
from dsl.semantics.kinds import EXPRESSION_REASONS, KINDS, MODEL_REASONS
from interpreter.boundary import failures
from tests.house.checkout import ROOT, modules, syntax

RAISING = {"Failure": 0, "CallFailed": 2}
"""Which argument is the kind."""
REFERENCE = (ROOT / "grammar" / "README.md").read_text(encoding="utf-8")


def constants() -> set[str]:
    """The constants of the boundary that are kinds."""
    return {value for name, value in vars(failures).items() if name.isupper() and isinstance(value, str)}


def raised() -> Iterator[tuple[Path, str]]:
    """Every kind that is raised by a constant or a text."""
    for path in modules():
        if path.parts[0] != "interpreter":
            continue
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISING:
                kind = _kind(path, node.args[RAISING[node.func.id]])
                if kind is not None:
                    yield path, kind


def _kind(path: Path, node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) if name.isupper():
            value = getattr(import_module(".".join(path.with_suffix("").parts)), name)
        case ast.Attribute(attr=name) if name.isupper():
            value = getattr(failures, name)
        case _:
            return None
    assert isinstance(value, str)
    return value


def test_what_is_raised_stands_in_the_table() -> None:
    assert [(str(path), kind) for path, kind in raised() if kind not in KINDS and kind not in MODEL_REASONS] == []
    assert constants() - KINDS.keys() - MODEL_REASONS.keys() == set()


def test_what_stands_in_the_table_is_raised() -> None:
    assert KINDS.keys() - constants() - {kind for _, kind in raised()} - _default_of_fail() == set()


def _default_of_fail() -> set[str]:
    from interpreter.core.constructs.leaving import DEFAULT_KIND

    return {DEFAULT_KIND}


def test_reasons_are_those_of_expressions_and_models() -> None:
    assert EXPRESSION_REASONS.keys() == set(get_args(ErrorKind))
    assert MODEL_REASONS.keys() == failures.MODEL_FAILURES


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_says_when_a_kind_is_raised(kind: str) -> None:
    assert f"| `{kind}` | {KINDS[kind].when} | {KINDS[kind].caught} |" in REFERENCE


@pytest.mark.parametrize(("reason", "meaning"), [*EXPRESSION_REASONS.items(), *MODEL_REASONS.items()])
def test_the_reference_says_what_a_reason_means(reason: str, meaning: str) -> None:
    assert f"| `{reason}` | {meaning} |" in REFERENCE
