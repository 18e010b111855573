"""Finds where the order of a set decides something: it differs between two processes, so a replay would differ too.

An expression is a set when it is written as one, made by an operator or a method of sets, annotated as one here or in
any file of the run, or what a function that is annotated so returns. Its order decides something wherever it is gone
through, except into what forgets the order again: another set, `sorted`, `len`, `sum`, `min`, `max`, `any`, `all`.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

FORGETS = frozenset({"sorted", "set", "frozenset", "len", "sum", "min", "max", "any", "all"})
GOES_THROUGH = frozenset(
    {"list", "tuple", "iter", "next", "enumerate", "zip", "map", "filter", "reversed", "dict", "deque"}
)
METHODS_THAT_GO_THROUGH = frozenset({"join", "extend", "fromkeys", "extendleft", "writelines"})
SET_METHODS = frozenset({"union", "intersection", "difference", "symmetric_difference"})
SET_OPERATORS = ast.BitOr | ast.BitAnd | ast.BitXor | ast.Sub
SET_TYPES = frozenset({"set", "frozenset", "Set", "AbstractSet", "MutableSet"})


@dataclass(frozen=True)
class Known:
    """Names that are sets: variables and parameters, attributes, and functions by what they return."""

    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)


def known_in(trees: Iterable[ast.AST]) -> Known:
    """The attributes and functions that files of the run share."""
    known = Known()
    for tree in trees:
        for owner in ast.walk(tree):
            match owner:
                case ast.ClassDef(body=body):
                    known.attributes.update(_annotated(body))
                case ast.AnnAssign(target=ast.Attribute(attr=name), annotation=type_) if _is_set_type(type_):
                    known.attributes.add(name)
                case ast.FunctionDef(name=name, returns=type_) if _is_set_type(type_):
                    known.functions.add(name)
                    known.attributes.add(name)  # a property
    return known


def set_order(tree: ast.AST, known: Known) -> Iterator[str]:
    here = Known(_variables(tree, known), known.attributes, known.functions)
    harmless = {id(part) for node in ast.walk(tree) if _forgets(node) for part in _parts(node)}
    for node in ast.walk(tree):
        if id(node) not in harmless:
            yield from (
                f"line {node.lineno}: the order of {ast.unparse(part)}"
                for part in _gone_through(node)
                if _is_set(part, here)
            )


def _forgets(node: ast.AST) -> bool:
    return isinstance(node, ast.SetComp) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORGETS
    )


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What `node` takes the order from: itself, and a generator that is its argument."""
    yield node
    if isinstance(node, ast.Call):
        yield from (part for part in node.args if isinstance(part, ast.GeneratorExp | ast.ListComp))


def _gone_through(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.For(iter=part) | ast.AsyncFor(iter=part) | ast.YieldFrom(value=part):
            yield part
        case ast.ListComp(generators=parts) | ast.GeneratorExp(generators=parts) | ast.DictComp(generators=parts):
            yield from (part.iter for part in parts)
        case ast.Call(func=ast.Name(id=name), args=args) if name in GOES_THROUGH:
            yield from args
        case ast.Call(func=ast.Attribute(attr=name), args=args) if name in METHODS_THAT_GO_THROUGH:
            yield from args
        case ast.Call(func=ast.Attribute(attr="pop", value=part), args=[]):
            yield part
        case ast.Call(args=args):
            yield from (part.value for part in args if isinstance(part, ast.Starred))
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            yield from (part.value for part in parts if isinstance(part, ast.Starred))
        case ast.Assign(targets=[ast.Tuple() | ast.List()], value=part):
            yield part


def _is_set(node: ast.expr, known: Known) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Name(id=name):
            return name in known.names
        case ast.Attribute(attr=name):
            return name in known.attributes
        case ast.Call(func=ast.Name(id=name)):
            return name in ("set", "frozenset") or name in known.functions
        case ast.Call(func=ast.Attribute(attr="copy", value=value)):
            return _is_set(value, known)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in SET_METHODS or name in known.functions
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, SET_OPERATORS):
            return any(_is_set(side, known) or _is_view(side) for side in (left, right))
        case ast.BoolOp(values=values):
            return any(_is_set(value, known) for value in values)
        case ast.IfExp(body=body, orelse=other):
            return _is_set(body, known) or _is_set(other, known)
        case ast.NamedExpr(value=value):
            return _is_set(value, known)
    return False


def _is_view(node: ast.expr) -> bool:
    """`.keys()` and `.items()` of a dictionary have its order, but what `&`, `|` and `-` make of them is a set."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("keys", "items")


def _variables(tree: ast.AST, known: Known) -> set[str]:
    """Variables and parameters that are a set anywhere in the file; those that are set from one another, too."""
    names = _annotated(ast.walk(tree))
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and _is_set_type(node.annotation)}
    assigned = [(node.targets[0], node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    assigned += [(node.target, node.value) for node in ast.walk(tree) if isinstance(node, ast.NamedExpr)]
    before = -1
    while before < len(names):
        before = len(names)
        here = Known(names, known.attributes, known.functions)
        names |= {to.id for to, value in assigned if isinstance(to, ast.Name) and _is_set(value, here)}
    return names


def _annotated(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        node.target.id
        for node in nodes
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _is_set_type(node.annotation)
    }


def _is_set_type(type_: ast.expr | None) -> bool:
    """Also of `set[str] | None`."""
    match type_:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in SET_TYPES
        case ast.Subscript(value=value):
            return _is_set_type(value)
        case ast.BinOp(left=left, right=right):
            return _is_set_type(left) or _is_set_type(right)
    return False
