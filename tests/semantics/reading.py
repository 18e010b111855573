"""Facts about small texts, for tests."""

from dsl.analysis import Analysis, analyse
from dsl.ast.statements import Let
from dsl.semantics.facts import Facts
from dsl.semantics.types import Type
from dsl.source import Source

_OF_NAMES = ("SF106", "SF603", "SF608", "SF611")


def clean(text: str) -> Analysis:
    """The analysis of a text in which nothing is wrong; the edition is put before it."""
    analysis = analyse(Source("case.flow", f"edition 1\n{text}"))
    assert [each.message for each in analysis.diagnostics if each.code not in _OF_NAMES] == []
    return analysis


def type_of(expression: str, parameters: str = "", declarations: str = "") -> Type:
    """What an expression is made out to be, in a flow with these parameters."""
    analysis = clean(f"{declarations}\nflow main({parameters}) {{ let value = {expression} }}")
    (let,) = analysis.facts.all(Let)
    return analysis.facts.type_of(let.value)


def facts_of(text: str) -> Facts:
    """What is found out about a text, whatever is wrong with it; the edition is put before it."""
    return analyse(Source("case.flow", f"edition 1\n{text}")).facts
