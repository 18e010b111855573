"""A sealed definition from a text, for tests."""

from dsl.ast.declarations import Module
from dsl.ast.statements import AwaitApproval, Call
from dsl.definition.definition import Definition
from dsl.definition.seal import Sealed, seal
from dsl.definition.unseal import unseal
from dsl.semantics.facts import Facts
from dsl.semantics.spending import UNKNOWN, Spending
from dsl.semantics.understand import understand
from dsl.source import Source
from dsl.syntax.parse import parse


def module(text: str) -> Module:
    parsed = parse(Source("case.flow", text))
    assert not parsed.diagnostics, [problem.message for problem in parsed.diagnostics]
    return parsed.module


def facts(text: str) -> Facts:
    return understand(module(text), text)


def no_gates(approval: AwaitApproval) -> tuple[Call, ...]:
    return ()


def unknown(flow: str) -> Spending:
    return UNKNOWN


def sealed(text: str, flow: str | None = None) -> Sealed:
    return seal(facts(text), Source("case.flow", text), flow, gates=no_gates, spends=unknown)


def definition(text: str, flow: str | None = None) -> Definition:
    return unseal(sealed(text, flow).json)
