"""What a flow reaches: the tools, agents, flows and types that a run of it can ever use, and nothing else.

From the flow's own text to what its steps call, what the agents among that use and are summarised by, what undoes and
verifies those calls, and the types of all of them. Doc comments stay only where a model sees them: on the fields of
what an agent answers, on what an agent uses, and on the parameters of that. The same rule, applied to a part of a
definition, gives the definition of a child, so a flow has one hash, whoever starts it.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, Summarise, ToolDeclaration, TypeDeclaration, Use
from dsl.ast.node import Node, walk
from dsl.ast.rewrite import rewrite
from dsl.ast.statements import Call
from dsl.ast.types import Field, NamedType, Type
from dsl.dataclass import replace
from dsl.definition.definition import Parts

T = TypeVar("T")
N = TypeVar("N", bound=Node)
C = TypeVar("C", bound=FlowDeclaration | ToolDeclaration | AgentDeclaration)


def reach(parts: Parts, flow: str) -> Parts:
    """What `flow` reaches in `parts`, by name in alphabetical order."""
    callables: dict[str, FlowDeclaration | ToolDeclaration | AgentDeclaration] = {
        **parts.flows,
        **parts.tools,
        **parts.agents,
    }
    called = _closure({flow}, callables, _called)
    used = _closure({name for callee in called for name in _type_names(callables[callee])}, parts.types, _type_names)
    agents = _select(parts.agents, called)
    shown = {use.target for agent in agents.values() for use in agent.uses}
    seen_by_models = [agent.returns for agent in agents.values()]
    seen_by_models += [each.type for name in sorted(shown & called) for each in callables[name].parameters]
    seen = _closure({name for type_ in seen_by_models for name in _type_names(type_)}, parts.types, _type_names)

    def plain(items: Mapping[str, C]) -> dict[str, C]:
        return {name: _without_unseen_docs(node, name in shown) for name, node in _select(items, called).items()}

    return Parts(
        flow=flow,
        flows=plain(parts.flows),
        tools=plain(parts.tools),
        agents=plain(parts.agents),
        types={name: t if name in seen else without_docs(t) for name, t in _select(parts.types, used).items()},
    )


def reached(types: Mapping[str, Type], node: Node) -> dict[str, Type]:
    """Those of `types` that `node` names, and those that these name."""
    named = _type_names(node)
    if not named:
        return {}
    return _select(types, _closure(set(named), types, _type_names))


def closure(names: set[str], callables: Mapping[str, FlowDeclaration | ToolDeclaration | AgentDeclaration]) -> set[str]:
    """The names of all that can be called by way of these, themselves too."""
    return _closure(names, callables, _called)


def without_docs(node: N) -> N:
    """The same without any doc comment."""
    return rewrite(node, _without_doc)


def _without_doc(node: Any, original: Node) -> Any:
    return replace(node, doc=None) if type(node) in _DOCUMENTED and node.doc is not None else node


_DOCUMENTED = frozenset({Field, TypeDeclaration, ToolDeclaration, AgentDeclaration, FlowDeclaration})


def _without_unseen_docs(node: C, shown: bool) -> C:
    """Of what is `shown` to a model: what it is for, and what each parameter is."""
    bare = without_docs(node)
    if shown:
        bare = replace(bare, doc=node.doc, parameters=node.parameters)
    return replace(bare, returns=node.returns) if isinstance(node, AgentDeclaration) else bare


def _called(node: Node) -> tuple[str, ...]:
    return tuple(part.target for part in walk(node) if isinstance(part, Call | Use | Summarise))


def _type_names(node: Node) -> tuple[str, ...]:
    return tuple(part.name for part in walk(node) if isinstance(part, NamedType))


def _closure(names: set[str], nodes: Mapping[str, T], named: Callable[[T], tuple[str, ...]]) -> set[str]:
    """All names that can be reached by what each node has `named`; names of no node (basic types) are left out."""
    reached: set[str] = set()
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in reached:
            reached.add(name)
            waiting.extend(named(nodes[name]))
    return reached


def _select(items: Mapping[str, T], names: set[str]) -> dict[str, T]:
    """In alphabetical order. What is looked through is what is wanted, for there may be many more items."""
    return {name: items[name] for name in sorted(names) if name in items}
