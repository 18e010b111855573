"""Which declaration of one side is which of the other: by its name, else by what it says."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Generic, TypeVar

from dsl.ast import statements as ast
from dsl.ast.declarations import FlowDeclaration, Summarise, Use
from dsl.ast.expressions import Apply, Argument, FunctionCall
from dsl.ast.node import Node
from dsl.ast.rewrite import rewrite
from dsl.ast.types import NamedType, RecordType
from dsl.dataclass import dataclass, replace
from dsl.definition.canonical import canonical
from dsl.definition.encode import encode
from dsl.differences.items import tree
from dsl.differences.sides import Side

SIMILAR = 0.6
T = TypeVar("T", bound=Node)
D = TypeVar("D", bound=Node)


@dataclass(frozen=True)
class Pairs(Generic[T]):
    """`both` are names of what is the same on both sides, `gone` and `come` the others, in alphabetical order."""

    both: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    come: tuple[str, ...]

    @property
    def renamed(self) -> dict[str, str]:
        return {old: new for old, new in self.both if old != new}


def paired(old: Mapping[str, T], new: Mapping[str, T]) -> Pairs[T]:
    both = [(name, name) for name in sorted(old) if name in new]
    gone, come = ([name for name in sorted(one) if name not in other] for one, other in ((old, new), (new, old)))
    features = {id(node): _features(node) for node in (*(old[n] for n in gone), *(new[n] for n in come))}
    scored = []
    for one in gone:
        for other in come:
            score = _shared(features[id(old[one])], features[id(new[other])])
            if score >= SIMILAR:
                scored.append((-score, sorted((one, other)), one, other))
    for _, _, one, other in sorted(scored):
        if one in gone and other in come:
            both.append((one, other))
            gone.remove(one)
            come.remove(other)
    return Pairs(tuple(both), tuple(gone), tuple(come))


def _features(node: Node) -> Counter[str]:
    if isinstance(node, FlowDeclaration):
        found = Counter(tree(replace(node, name="")).features)
        found.update(f"{each.name}: {_encoded(each.type)}" for each in node.parameters)
        return found
    if isinstance(node, RecordType):
        return Counter(_encoded(each) for each in node.fields)
    found = Counter()
    for part in fields(node):
        value = getattr(node, part.name)
        if part.name not in ("name", "span", "doc") and value not in (None, (), False):
            parts = value if isinstance(value, tuple) else (value,)
            found.update(f"{part.name} {_encoded(each)}" for each in parts)
    return found


def _encoded(value: Any) -> str:
    return canonical(encode(value)).decode()


def _shared(old: Counter[str], new: Counter[str]) -> float:
    whole = sum(old.values()) + sum(new.values())
    return 2 * sum((old & new).values()) / whole if whole else 0.0


@dataclass(frozen=True)
class Renamed:
    """What is called otherwise on the new side, by its old name; `parameters` by the old name of what is called."""

    callables: Mapping[str, str]
    types: Mapping[str, str]
    functions: Mapping[str, str]
    parameters: Mapping[str, Mapping[str, str]]


def called_as(node: D, names: Renamed) -> D:
    """The same with declarations, and the parameters of what is called, called as on the new side."""
    callables, types, functions, parameters = names.callables, names.types, names.functions, names.parameters
    if not (callables or types or functions or parameters):
        return node

    def change(part: Any, original: Node) -> Any:
        match part:
            case ast.Call(target=target, arguments=given) if target in parameters:
                return replace(part, target=callables.get(target, target), arguments=_given(given, parameters[target]))
            case ast.Call(target=target) | Use(target=target) | Summarise(target=target) if target in callables:
                return replace(part, target=callables[target])
            case NamedType(name=name) if name in types:
                return replace(part, name=types[name])
            case Apply(function=name, arguments=given) | FunctionCall(function=name, arguments=given) if (
                name in functions or name in parameters
            ):
                known = _given(given, parameters.get(name, {}))
                return replace(part, function=functions.get(name, name), arguments=known)
            case _:
                return part

    return rewrite(node, change)


def _given(arguments: tuple[Argument, ...], names: Mapping[str, str]) -> tuple[Argument, ...]:
    return tuple(replace(each, name=names.get(each.name or "", each.name)) for each in arguments)


# -- what of a side is compared


def richest(side: Side, kind: str) -> dict[str, Any]:
    """Each declaration of a kind as it is sealed: with its documentation where some flow has a model read it."""
    found: dict[str, Any] = {}
    for parts in side.reached.values():
        for name, node in getattr(parts, kind).items():
            known = found.get(name)
            if known is None or (known is not node and len(_encoded(node)) > len(_encoded(known))):
                found[name] = node
    return {name: found.get(name) or side.bare(kind, name) for name in getattr(side.parts, kind)}
