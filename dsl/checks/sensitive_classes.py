"""SF702: what is said of a class of sensitive values, and cannot hold."""

from collections.abc import Iterator

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, Use
from dsl.ast.statements import AwaitApproval
from dsl.ast.types import Field
from dsl.checks.program import Program, did_you_mean
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.sensitivity.leaks import classes, untold
from dsl.semantics.sensitivity.wording import data_of, marked, written
from dsl.semantics.types import BOOL, DECIMAL, INT, NUMBER, Enum, ListOf, OptionalOf, Record, Type, structure

_NUMBERS = (INT, NUMBER, DECIMAL)


def check(program: Program) -> Iterator[Diagnostic]:
    yield from _not_told(program)
    yield from _unknown(program)
    yield from _not_kept(program)


def _not_told(program: Program) -> Iterator[Diagnostic]:
    for tool, source in untold(program.facts):
        message = f"`{tool.name}` takes {data_of(source.class_)} and does not say that it sees it"
        declared = program.name_label(source.declared, source.declared.name, "declared sensitive here")
        advice = f"add `sees {written(source.class_)}` to its body, or leave the field out of what it takes"
        yield Diagnostic("SF702", message, program.name_label(tool, tool.name), (declared,), help=advice)


def _unknown(program: Program) -> Iterator[Diagnostic]:
    """A word that nothing bears may be misspelt; then it lets nothing through."""
    known = tuple(classes(program.facts))
    for kind in (ToolDeclaration, AgentDeclaration, FlowDeclaration, AwaitApproval, Use):
        for node in program.facts.all(kind):
            assert isinstance(node, ToolDeclaration | AgentDeclaration | FlowDeclaration | AwaitApproval | Use)
            said = {"sees": node.sees, "keeps": getattr(node, "keeps", ())}
            for word, names in said.items():
                for name in (each for each in names if each not in known):
                    message = f"nothing is {marked(name)}, so `{word} {written(name)}` says nothing"
                    advice = did_you_mean(name, known) or f"mark what is: `… : text {marked(name)}`"
                    label = program.name_label(node, word)
                    yield Diagnostic("SF702", message, label, help=advice, severity="warning")


def _not_kept(program: Program) -> Iterator[Diagnostic]:
    """Whoever keeps says nothing of it; a model that writes freely may say anything."""
    for agent in program.facts.all(AgentDeclaration):
        signature = program.facts.declarations.callees.get(agent.name)
        if agent.keeps and signature is not None and _may_tell(signature.returns, None):
            message = f"`{agent.name}` keeps {data_of(agent.keeps[0])}, and its answer has room for it"
            advice = "let it answer with enumerations, bools and numbers between two bounds, or say `sees`"
            yield Diagnostic("SF702", message, program.name_label(agent, "keeps"), help=advice)


def _may_tell(type_: Type, bounds: Field | None) -> bool:
    match structure(type_):
        case Record(members=members):
            return any(_may_tell(each.type, each.declared) for each in members)
        case OptionalOf(item=inner):
            return _may_tell(inner, bounds)
        case ListOf(item=inner, at_most=at_most):
            return at_most is None or _may_tell(inner, None)
        case Enum():
            return False
        case found if found in _NUMBERS:
            return bounds is None or bounds.at_least is None or bounds.at_most is None
        case found:
            return found != BOOL
