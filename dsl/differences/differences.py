"""`differences(old, new)`: what two versions mean that is not the same, declaration by declaration.

Each declaration is compared with what it was, by the fields that its author knows (`plain`), so what sealing works out
of other declarations is told where it comes from. A flow's definition holds all that the flow reaches: its hash is
another exactly where some change is one of a declaration that it reaches, and `Change.flows` says which those are.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.expressions import Apply
from dsl.ast.node import walk
from dsl.ast.types import Type
from dsl.dataclass import dataclass, replace
from dsl.definition.canonical import canonical
from dsl.definition.definition import carrier
from dsl.definition.encode import encode
from dsl.differences.changes import COMPATIBLE, Change, Found, Of, Place, Verb, Verdict, breaking, shown, verdict_of
from dsl.differences.contracts import Contracts, renames
from dsl.differences.declared import Pairs, Renamed, called_as, paired, richest
from dsl.differences.fields import differing
from dsl.differences.flows import FlowComparison, compared, opened
from dsl.differences.plain import body_of, functions_in, plain, with_names
from dsl.differences.sides import Side
from dsl.differences.written import expression_text, field_text
from dsl.values.signature import signature, with_key
from dsl.values.writing import type_text

IMPLEMENTED = "who carries it out has to follow"
DECLARATIONS: dict[str, Of] = {"flows": "flow", "tools": "tool", "agents": "agent", "types": "type"}
"""By their place in a definition."""


@dataclass(frozen=True)
class Differences:
    """`pairs` say, by kind, which declaration is which; `changes` are in the order of flows, tools, agents, types and
    functions. `flows` are comparisons of those that are on both sides, by their new names."""

    old: Side
    new: Side
    pairs: Mapping[str, Pairs[Any]]
    changes: tuple[Change, ...]
    flows: Mapping[str, FlowComparison]

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.changes)


def differences(old: Side, new: Side) -> Differences:
    """All changes of meaning from `old` to `new`. None where every flow has the hash it had, and what no flow reaches
    is the same too."""
    return _Comparing(old, new).differences()


@dataclass(frozen=True)
class _Comparing:
    old: Side
    new: Side

    def differences(self) -> Differences:
        flows = {new: self._flow(old, new) for old, new in self.pairs["flows"].both}
        found: list[Change] = []
        if self.old.edition != self.new.edition:
            texts = str(self.old.edition), str(self.new.edition)
            found.append(Found("edition", "edition", "changed", *texts).at("file", Place(""), Place(""), ""))
        found += self._of_kind("flows", lambda old, new: flows[new].changes())
        found += self._of_kind("tools", self._tool)
        found += self._of_kind("agents", self._agent)
        found += self._of_kind("types", self._type)
        found += self._functions()
        found += self._unexplained(found)
        return Differences(self.old, self.new, self.pairs, tuple(found), flows)

    # -- which is which

    @cached_property
    def pairs(self) -> dict[str, Pairs[Any]]:
        return {kind: paired(self._sides[0][kind], self._sides[1][kind]) for kind in DECLARATIONS}

    @cached_property
    def _sides(self) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        old, new = ({kind: richest(side, kind) for kind in DECLARATIONS} for side in (self.old, self.new))
        return old, new

    @property
    def _new(self) -> dict[str, dict[str, Any]]:
        return self._sides[1]

    @cached_property
    def _names(self) -> Renamed:
        callables: dict[str, str] = {}
        parameters: dict[str, dict[str, str]] = {}
        for kind in ("flows", "tools", "agents"):
            callables |= self.pairs[kind].renamed
            for old, new in self.pairs[kind].both:
                one, other = self._sides[0][kind][old], self._sides[1][kind][new]
                if names := renames(one.parameters, other.parameters):
                    parameters[old] = names
        for old, new in self._function_pairs.both:
            before, after = self._functions_of[0][old].parameters, self._functions_of[1][new].parameters
            if names := renames(before, after):
                parameters[old] = names
        return Renamed(callables, self.pairs["types"].renamed, self._function_pairs.renamed, parameters)

    @cached_property
    def _functions_of(self) -> tuple[dict[str, Apply], dict[str, Apply]]:
        old, new = (functions_in(node for kind in DECLARATIONS for node in side[kind].values()) for side in self._sides)
        return old, new

    @cached_property
    def _function_pairs(self) -> Pairs[Apply]:
        old, new = self._functions_of
        bodies = [
            {name: replace(each, function="", arguments=()) for name, each in side.items()} for side in (old, new)
        ]
        return paired(*bodies)

    def _old(self, kind: str, name: str) -> Any:
        """As its author knows it, but with what it calls called as on the new side."""
        return called_as(plain(self._sides[0][kind][name]), self._names)

    @cached_property
    def _contracts(self) -> Contracts:
        types = {self.pairs["types"].renamed.get(name, name): self._old("types", name) for name in self.old.parts.types}
        return Contracts(types, {name: plain(node) for name, node in self._new["types"].items()})

    # -- by kind

    def _flow(self, old: str, new: str) -> FlowComparison:
        before, after = self._sides[0]["flows"][old], self._new["flows"][new]
        opens = opened(before, self._names.callables), opened(after, {})
        return compared(self._old("flows", old), plain(after), old, self._contracts, opens)

    def _of_kind(self, kind: str, changes: Any) -> Iterator[Change]:
        pairs = self.pairs[kind]
        for old, new in sorted(pairs.both, key=lambda each: each[1]):
            flows = self._affected(kind, old, new)
            for change in changes(old, new):
                yield replace(change, flows=flows)
        for name in pairs.gone:
            yield self._alone(kind, name, "removed")
        for name in pairs.come:
            yield self._alone(kind, name, "added")

    def _alone(self, kind: str, name: str, verb: Verb) -> Change:
        gone = verb == "removed"
        node = self._sides[not gone][kind][name]
        place = Place(name)
        texts = shown(_declared_text, node if gone else None, None if gone else node)
        weight = breaking("who starts it is refused") if gone and kind == "flows" else COMPATIBLE
        found = Found("declaration", "", verb, *texts, *weight)
        change = found.at(DECLARATIONS[kind], place if gone else None, None if gone else place, "")
        side = self.old if gone else self.new
        reaching = [flow for flow, parts in side.reached.items() if name in getattr(parts, kind)]
        return replace(change, flows=tuple(sorted(self._named(flow) if gone else flow for flow in reaching)))

    def _named(self, flow: str) -> str:
        return self.pairs["flows"].renamed.get(flow, flow)

    def _affected(self, kind: str, old: str, new: str) -> tuple[str, ...]:
        """The flows in whose definitions it stands, and otherwise than before."""
        found = []
        for before, after in self.pairs["flows"].both:
            one = getattr(self.old.reached[before], kind).get(old)
            other = getattr(self.new.reached[after], kind).get(new)
            if one != other or (one is not None and (old != new or _encoded(one) != _encoded(other))):
                found.append(after)
        return tuple(sorted(found))

    def _tool(self, old_name: str, new_name: str) -> Iterator[Change]:
        old: ToolDeclaration = self._old("tools", old_name)
        new: ToolDeclaration = plain(self._new["tools"][new_name])
        carried = carrier(old) is None and carrier(new) is None
        found = list(self._contracts.parameters(old.parameters, new.parameters, started=False))
        found += self._contracts.result(old.returns, new.returns, read=False)
        if old_name != new_name:
            weight = breaking(IMPLEMENTED) if carried else COMPATIBLE
            found.insert(0, Found("name", "", "renamed", old_name, new_name, *weight))
        if carried and self._signature(self._contracts.old, old) != self._signature(self._contracts.new, new):
            of_it = ("parameter", "result")
            known = [each.because("breaking", IMPLEMENTED) if each.aspect in of_it else each for each in found]
            what = "types of its parameters and its result"
            more = Found("type", what, "changed", None, None, "breaking", IMPLEMENTED, follows=True)
            found = known if known != found else [*found, more]
        found += differing(old, new)
        return (each.at("tool", Place(old_name), Place(new_name), "") for each in found)

    @staticmethod
    def _signature(types: Mapping[str, Type], tool: ToolDeclaration) -> str:
        return signature(with_key(tool.parameters, tool.key), tool.returns, types, None).digest

    def _agent(self, old_name: str, new_name: str) -> Iterator[Change]:
        old: AgentDeclaration = self._old("agents", old_name)
        new: AgentDeclaration = plain(self._new["agents"][new_name])
        found = []
        if old_name != new_name:
            found.append(Found("name", "", "renamed", old_name, new_name))
        found += self._contracts.parameters(old.parameters, new.parameters, started=False)
        found += self._contracts.result(old.returns, new.returns, read=False)
        found += differing(old, new)
        return (each.at("agent", Place(old_name), Place(new_name), "") for each in found)

    def _type(self, old_name: str, new_name: str) -> Iterator[Change]:
        found = list(self._contracts.declared(self._contracts.old[new_name], self._contracts.new[new_name]))
        if old_name != new_name:
            found.insert(0, Found("name", "", "renamed", old_name, new_name))
        return (each.at("type", Place(old_name), Place(new_name), "") for each in found)

    # -- functions, which stand where they are called

    def _functions(self) -> Iterator[Change]:
        old, new = self._functions_of
        for before, after in self._function_pairs.both:
            flows = self._with_function(before, after)
            places = Place(before), Place(after)
            if before != after:
                yield replace(Found("name", "", "renamed", before, after).at("function", *places, ""), flows=flows)
            for found in self._function(old[before], new[after]):
                yield replace(found.at("function", *places, ""), flows=flows)

    def _function(self, old: Apply, new: Apply) -> Iterator[Found]:
        """What was sealed by an older version says nothing of parameters and result."""
        known = called_as(replace(old, body=body_of(old)), self._names)
        if old.returns is not None and new.returns is not None:
            before, after = (tuple(map(plain, each.parameters)) for each in (known, new))
            yield from self._contracts.parameters(before, after, started=False)
            yield from self._contracts.result(known.returns, new.returns, read=False)
        one = with_names(known.body, self._names.parameters.get(old.function, {}))
        if one != body_of(new):
            yield Found("value", "value", "changed", expression_text(one), expression_text(body_of(new)))

    def _with_function(self, before: str, after: str) -> tuple[str, ...]:
        return tuple(
            sorted(
                new
                for old, new in self.pairs["flows"].both
                if _calls(self.old, old, before) or _calls(self.new, new, after)
            )
        )

    # -- what is left

    def _unexplained(self, found: list[Change]) -> Iterator[Change]:
        """A hash that is another although nothing was found: said, and never silent."""
        explained = {flow for each in found for flow in each.flows}
        for old, new in self.pairs["flows"].both:
            if self.old.hashes[old] != self.new.hashes[new] and new not in explained:
                places = Place(old), Place(new)
                change = Found("meaning", "meaning", "changed").at("flow", *places, "")
                yield replace(change, flows=(new,))


def _calls(side: Side, flow: str, function: str) -> bool:
    parts = side.reached[flow]
    nodes = (node for kind in DECLARATIONS for node in getattr(parts, kind).values())
    return any(isinstance(part, Apply) and part.function == function for node in nodes for part in walk(node))


def _encoded(node: Any) -> bytes:
    return canonical(encode(node))


def _declared_text(node: Any) -> str:
    if isinstance(node, ToolDeclaration | AgentDeclaration | FlowDeclaration):
        result = "" if node.returns is None else f" -> {type_text(node.returns)}"
        effect = f" {node.effect.kind}" if isinstance(node, ToolDeclaration) else ""
        return f"({', '.join(map(field_text, node.parameters))}){result}{effect}"
    return type_text(node)
