"""Adding a construct touches one place of each kind; this names whichever is missing."""

import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from dsl.ast import statements
from dsl.ast.node import Node, walk
from dsl.source import Source
from dsl.syntax.parse import parse
from interpreter.core.constructs.table import CONSTRUCTS
from tests.house.checkout import ROOT

STATEMENTS: list[type[Node]] = [kind for kind in get_args(statements.Statement) if kind is not statements.NotYet]
STEPS = {"ToolStep", "AgentStep", "FlowStep"}


def rule_of(statement: type[Node]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", statement.__name__).lower()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_it_has_a_grammar_rule(statement: type[Node]) -> None:
    assert re.search(rf"^[?!]?{rule_of(statement)}:", _read("grammar/flow.lark"), re.MULTILINE)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_it_has_a_construct(statement: type[Node]) -> None:
    wanted = STEPS if statement is statements.Step else {statement.__name__}
    assert wanted - set(CONSTRUCTS) == set()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_reference_has_a_section(statement: type[Node]) -> None:
    headings = re.findall(r"^#+ .*$", _read("grammar/README.md"), re.MULTILINE)
    words = rule_of(statement).removesuffix("_block").replace("_", " ")
    assert any(re.search(rf"\b{words}\b", heading) for heading in headings), f"no heading names `{words}`"


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_run_case_uses_it(statement: type[Node]) -> None:
    assert statement.__name__ in _used_in("tests/cases/runs")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_an_example_uses_it(statement: type[Node]) -> None:
    assert statement.__name__ in _used_in("examples")


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def _used_in(folder: str) -> frozenset[str]:
    """The statements that the flows of a folder are made of."""
    modules = (parse(Source(str(path), path.read_text(encoding="utf-8"))).module for path in _flows(folder))
    return frozenset(type(node).__name__ for module in modules for node in walk(module))


def _flows(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.flow"))
