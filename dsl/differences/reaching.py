"""What follows for the world outside: models, hosts, servers and effects that flows come to, errors that can come out
of them, and where sensitive data goes. Each is told once, with the flows that it is about."""

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from dsl.analysis import Analysis
from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, Use
from dsl.ast.node import walk
from dsl.dataclass import replace
from dsl.definition.definition import Parts
from dsl.differences.carriers import host_of
from dsl.differences.changes import Change, Found, Place
from dsl.differences.differences import Differences
from dsl.differences.written import class_text
from dsl.semantics.raised import failed_with
from dsl.semantics.sensitivity.leaks import crossings
from dsl.semantics.sensitivity.shown import Side as Shown

Reached = Callable[[Parts], Iterable[str]]


def reaching(of: Differences) -> Iterator[Change]:
    for aspect, read, why in _READ:
        yield from _compared(of, aspect, read, why)
    yield from _data(of)


def _models(parts: Parts) -> Iterator[str]:
    return (model for agent in parts.agents.values() for model in agent.models)


def _hosts(parts: Parts) -> Iterator[str]:
    return (host_of(tool.http) for tool in parts.tools.values() if tool.http is not None)


def _servers(parts: Parts) -> Iterator[str]:
    return (tool.served.address for tool in parts.tools.values() if tool.served is not None)


def _effects(parts: Parts) -> Iterator[str]:
    """Tools whose calls count."""
    return (name for name, tool in parts.tools.items() if tool.effect.kind in ("write", "irreversible"))


def _errors(parts: Parts) -> Iterator[str]:
    return raised(parts, parts.flows[parts.flow])


_READ: tuple[tuple[str, Reached, str], ...] = (
    ("model", _models, "what it is told goes there"),
    ("host", _hosts, "calls go there"),
    ("server", _servers, "calls go there"),
    ("tool", _effects, "it changes something that it did not"),
    ("error", _errors, "it may come out of the flow"),
)


def raised(parts: Parts, flow: FlowDeclaration) -> Iterator[str]:
    """Kinds that tools declare and flows fail with, in the flow and in those that it waits for. One that is handled on
    the way counts too: whether its handler takes it is not known."""
    waiting, seen = [flow], {flow.name}
    for each in waiting:
        detached = {id(node.call) for node in walk(each) if isinstance(node, ast.Step) and node.detached}
        for node in walk(each.body):
            match node:
                case ast.Fail(value=value):
                    yield from (str(kind.value) for kind in failed_with(value) if kind is not None)
                case ast.Call(target=target) if id(node) not in detached:
                    if target in parts.tools:
                        yield from parts.tools[target].errors
                    elif target in parts.flows and target not in seen:
                        seen.add(target)
                        waiting.append(parts.flows[target])


def _compared(of: Differences, aspect: str, read: Reached, why: str) -> Iterator[Change]:
    renamed = of.pairs["tools"].renamed if read is _effects else {}
    come: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    for old, new in of.pairs["flows"].both:
        before = {renamed.get(each, each) for each in read(of.old.reached[old])}
        after = set(read(of.new.reached[new]))
        for values, found in ((after - before, come), (before - after, gone)):
            for value in values:
                found.setdefault(value, []).append(new)
    for value, flows in sorted(come.items()):
        yield _told(Found(aspect, f"{aspect} {value}", "added", None, value, "weaker", why), flows)
    for value, flows in sorted(gone.items()):
        yield _told(Found(aspect, f"{aspect} {value}", "removed", value, None, "stronger"), flows)


def _told(found: Found, flows: Iterable[str]) -> Change:
    place = Place("")
    change = found.at("file", None if found.verb == "added" else place, None if found.verb == "removed" else place, "")
    return replace(change, flows=tuple(sorted(flows)), follows=True)


def _data(of: Differences) -> Iterator[Change]:
    """Where there is no text on one side, nothing is known."""
    if of.old.analysis is None or of.new.analysis is None:
        return
    before, after = _crossings(of.old.analysis), _crossings(of.new.analysis)
    for (to, class_), field in after.items():
        if (to, class_) not in before:
            what = f"{class_text(class_)} data ({field}) to {to}"
            yield _told(Found("data", what, "added", None, to, "weaker", "it did not go there"), ())
    for (to, class_), field in before.items():
        if (to, class_) not in after:
            what = f"{class_text(class_)} data ({field}) to {to}"
            yield _told(Found("data", what, "removed", to, None, "stronger"), ())


def _crossings(analysis: Analysis) -> dict[tuple[str, str], str]:
    """To whom data of which class goes, with the field that it comes from, in the order of their words."""
    found: dict[tuple[str, str], str] = {}
    for each in crossings(analysis.facts):
        found.setdefault((_named(each.shown.side), each.class_), each.declared.name)
    return dict(sorted(found.items()))


def _named(side: Shown) -> str:
    match side:
        case ToolDeclaration(name=name):
            return f"tool {name}"
        case AgentDeclaration(name=name):
            return f"the models of agent {name}"
        case FlowDeclaration(name=name):
            return f"who reads a run of {name}"
        case ast.AwaitApproval(name=name):
            return f"the people of approval {name}"
        case Use(target=target):
            return f"the people asked before {target}"
        case _:
            assert_never(side)
