"""The list of checks, each with what it is about. The order is that of the codes; what is shown is sorted by place.

A check is loaded where there is something for it to look at: most texts hold no race, no request and no mistake, and to
load what would tell of them takes as long as to read the text. Its row may say yes where there is nothing, and never no
where the check finds something.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple, cast

from dsl.ast import declarations as declared
from dsl.ast import statements as ast
from dsl.ast.node import Node
from dsl.ast.people import Stage
from dsl.ast.types import Field
from dsl.checks.program import Check
from dsl.dataclass import field_names
from dsl.semantics import findings
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Finding

Where = Callable[[Facts], bool]


class Row(NamedTuple):
    """The check is `name` of the module `dsl.checks.MODULE`, and finds something only `where`."""

    code: str
    module: str
    where: Where
    name: str = "check"

    def load(self) -> Check:
        return cast("Check", getattr(import_module(f"dsl.checks.{self.module}"), self.name))


def checks_of(facts: Facts) -> Iterator[Check]:
    return (row.load() for row in ROWS if row.where(facts))


def _with(*kinds: type[Node]) -> Where:
    """Nodes of one of these classes."""
    return lambda facts: any(kind in facts.nodes for kind in kinds)


def _told(*kinds: type[Finding]) -> Where:
    """Mistakes that were met where types and values were made out."""
    return lambda facts: any(isinstance(each, kinds) for each in facts.findings)


def _either(*ways: Where) -> Where:
    return lambda facts: any(way(facts) for way in ways)


def _always(_: Facts) -> bool:
    return True


def _with_errors(facts: Facts) -> bool:
    return ast.Fail in facts.nodes or any(tool.errors for tool in facts.all(declared.ToolDeclaration))


def _batched(facts: Facts) -> bool:
    return any(agent.batch is not None for agent in facts.all(declared.AgentDeclaration))


def _approved(facts: Facts) -> bool:
    """What needs an approval, or is said to need none."""
    return (
        any(tool.effect.kind == "irreversible" for tool in facts.all(declared.ToolDeclaration))
        or any(flow.requires_approval for flow in facts.all(declared.FlowDeclaration))
        or any(step.without_approval is not None for step in facts.all(ast.Step))
    )


def _sensitive(facts: Facts) -> bool:
    return any(field.sensitive is not None for field in facts.all(Field))


def _classes(facts: Facts) -> bool:
    """What is sensitive, or whoever says that it sees or keeps such data."""
    said = ((kind, word) for kind in facts.nodes for word in ("sees", "keeps") if word in field_names(kind))
    return _sensitive(facts) or any(getattr(each, word) for kind, word in said for each in facts.nodes[kind])


def _trusted(facts: Facts) -> bool:
    return any(field.trusted for field in facts.all(Field))


_agents = _with(declared.AgentDeclaration)
_fans = _with(ast.Parallel, ast.ParallelFor)
_asking = _with(ast.AwaitApproval, Stage)
_waits = _either(_asking, _with(ast.AwaitEvent, ast.AwaitFirst))

ROWS: tuple[Row, ...] = (
    Row("SF010", "braces_in_text", _always),
    Row("SF101", "unknown_name", _told(findings.UnknownName)),
    Row("SF102", "defined_twice", _told(findings.DefinedTwice)),
    Row("SF103", "no_value", _told(findings.NoValue)),
    Row("SF104", "wrong_arguments", _told(findings.BadArgument)),
    Row("SF105", "unknown_field", _told(findings.UnknownField)),
    Row("SF106", "main_flow", _always),
    Row("SF107", "wrong_kind", _told(findings.WrongKind)),
    Row("SF108", "error_kinds", _with_errors),
    Row("SF109", "handlers", _with(ast.Try, ast.Retry)),
    Row("SF201", "mismatch", _told(findings.Mismatch)),
    Row("SF202", "maybe_null", _told(findings.MaybeNull)),
    Row("SF203", "invalid_type", _told(findings.InvalidType)),
    Row("SF203", "error_texts", _with(declared.ErrorText)),
    Row("SF301", "loop_budget", _with(ast.Loop)),
    Row("SF302", "wait_timeout", _waits),
    Row("SF303", "list_size", _either(_agents, _told(findings.Unbounded))),
    Row("SF304", "recursion", _always),
    Row("SF305", "budgets", _always),
    Row("SF305", "least", _with(ast.Budget)),
    Row("SF306", "limits", _with(declared.ToolDeclaration, ast.AwaitApproval, ast.ParallelFor)),
    Row("SF307", "shares", _always),
    Row("SF308", "turns", _agents),
    Row("SF309", "functions", _with(declared.FunctionDeclaration)),
    Row("SF401", "missing_undo", _with(declared.ToolDeclaration, ast.Compensate)),
    Row("SF402", "settling", _with(ast.Compensate, declared.Verify)),
    Row("SF403", "undo_target", _with(ast.Compensate, ast.CompensateStatement, ast.Finally)),
    Row("SF404", "agent_body", _agents),
    Row("SF405", "models", _agents, "check_refused"),
    Row("SF405", "files", _agents),
    Row("SF406", "models", _agents, "check_known"),
    Row("SF407", "used_by_agents", _with(declared.Use)),
    Row("SF408", "batches", _batched),
    Row("SF409", "http", _with(declared.Http, declared.Emit)),
    Row("SF410", "losers", _fans),
    Row("SF501", "irreversible", _approved),
    Row("SF502", "approval_people", _asking),
    Row("SF601", "unreachable", _told(findings.Unreachable)),
    Row("SF602", "set_in_parallel", _told(findings.SetInParallel)),
    Row("SF603", "unused", _always),
    Row("SF604", "misplaced", _always),
    Row("SF605", "no_return", _told(findings.NoReturn)),
    Row("SF606", "cases", _told(findings.Uncovered), "check_left"),
    Row("SF607", "cases", _told(findings.IdleCase), "check_idle"),
    Row("SF608", "unused_declarations", _always),
    Row("SF610", "conditions", _told(findings.Settled, findings.IdleElse)),
    Row("SF611", "unused_parameters", _always),
    Row("SF612", "same_writes", _fans),
    Row("SF613", "stale_reads", _either(_waits, _with(ast.Sleep, ast.ExclusiveBlock, ast.Loop))),
    Row("SF701", "sensitive", _sensitive),
    Row("SF702", "sensitive_classes", _classes),
    Row("SF703", "trusted", _trusted),
    Row("SF704", "written_secrets", _always),
)
