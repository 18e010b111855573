"""Constants of a file: `let RATE = 0.05` outside of flows. Their values are put where their names stand, before
anything else is found out about the text.

So a constant means what its expression would mean there: it takes the type of its place, it counts as a constant for
gates and defaults, and a definition holds what it says and not its name. What stands there has the place of the name,
so a message about it shows the use. What is wrong with a constant itself is told once, where it is declared.

A name that a declaration gives to something itself, such as a parameter or a step, means that in all of it.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from dsl.ast.bindings import bound_in
from dsl.ast.budgets import ChosenLimit
from dsl.ast.declarations import ConstantDeclaration, Module, ToolDeclaration
from dsl.ast.expressions import Expression, FunctionCall, Name
from dsl.ast.node import Node, children
from dsl.ast.rewrite import rewrite
from dsl.ast.statements import Budget
from dsl.dataclass import dataclass, field, replace
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.expressions.names import names
from dsl.semantics.findings import Finding, InvalidType
from dsl.semantics.nodes import by_class
from dsl.semantics.written_out import DEEPEST, LARGEST
from dsl.source import Span

_UNITS = ("usd", "tokens", "calls", "turns", "iterations")

RESERVED = frozenset({"result", "key", "page", "link", "budget", "run"})
"""What the language itself calls something so somewhere."""

N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Uses:
    """Where constants are written out: `origins` has for the id of each node that stands for a name that name, and
    `named` are those that something names, other than the constant itself."""

    origins: dict[int, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Writing:
    values: dict[str, Expression]
    findings: list[Finding]
    uses: Uses

    def within(self, node: N, own: str | None, hidden: frozenset[str]) -> N:
        def change(part: Any, original: Node) -> Any:
            if isinstance(part, Name) and part.name in self.values and part.name not in hidden:
                if part.name != own:
                    self.uses.named.add(part.name)
                return self._copy(part.name, original.span)
            return self._limited(part) if isinstance(part, Budget) and _by_constants(part) else part

        return rewrite(node, change)

    def _copy(self, name: str, span: Span) -> Node:
        def fresh(part: Any, _original: Node) -> Any:
            made = replace(part, span=span)
            self.uses.origins[id(made)] = name
            return made

        return rewrite(self.values[name], fresh)

    def _limited(self, budget: Budget) -> Budget:
        """`budget` with all its limits as numbers; one that cannot be known is the least, and told."""
        limits: dict[str, Any] = {limit.unit or "time": self._amount(limit) for limit in _by_constants(budget)}
        return replace(budget, **limits, chosen=tuple(limit for limit in budget.chosen if limit.capped))

    def _amount(self, limit: ChosenLimit) -> int | Decimal:
        value = _value_of(limit.value)
        wanted = "a duration" if limit.unit is None else "a number" if limit.unit == "usd" else "a whole number"
        fits = timedelta if limit.unit is None else (int, Decimal) if limit.unit == "usd" else int
        if isinstance(value, bool) or not isinstance(value, fits):
            if isinstance(limit.value, Name):
                name, unit = limit.value.name, "" if limit.unit is None else f" {limit.unit}"
                if name in _UNITS:
                    advice = f"write how many: `budget 10 {name}`"
                    self.findings.append(InvalidType(limit, f"a number is missing before `{name}`", advice))
                    return 1
                message = f"there is no constant `{name}` for this budget"
                most = "7d" if limit.unit is None else f"20{unit}"
                advice = f"declare it, `let {name} = …`, or say the most that a value can be: `{name} at most {most}`"
            else:
                message, advice = f"this limit of a budget is not {wanted}", None
            self.findings.append(InvalidType(limit, message, advice))
            return 1
        amount = value // timedelta(milliseconds=1) if isinstance(value, timedelta) else value
        if amount <= 0:
            message = "a budget of nothing is used up before it begins"
            self.findings.append(InvalidType(limit, message, "give it more than 0, or leave this limit out"))
            return 1
        return Decimal(amount) if limit.unit == "usd" else amount


def written_out(module: Module, findings: list[Finding]) -> tuple[Module, Uses]:
    """`module` with each constant where its name stands; what is wrong with the constants goes into `findings`."""
    uses = Uses()
    declared: dict[str, ConstantDeclaration] = {}
    for node in module.declarations:
        if isinstance(node, ConstantDeclaration) and node.name not in RESERVED:
            declared.setdefault(node.name, node)
    if not declared and not any(isinstance(node, Budget) and _by_constants(node) for node in _budgets(module)):
        return module, uses
    writing = _Writing({}, findings, uses)
    for node in _in_order(declared, findings):
        value = writing.within(node.value, node.name, bound_in(node, {}))
        if _fits(value, node, findings):
            writing.values[node.name] = value
    parameters = {
        each.name: frozenset(one.name for one in each.parameters)
        for each in module.declarations
        if isinstance(each, ToolDeclaration)
    }
    changed = tuple(
        writing.within(each, getattr(each, "name", None), bound_in(each, parameters)) for each in module.declarations
    )
    return replace(module, declarations=changed), uses


def without_repeats(findings: list[Finding], module: Module, uses: Uses) -> None:
    """What is wrong with a constant is told where it is declared, and not where it is used, too."""
    if not uses.origins:
        return
    wrong = {id(found.node) for found in findings if hasattr(found, "node")}
    bad = {
        node.name
        for node in module.declarations
        if isinstance(node, ConstantDeclaration) and any(id(each) in wrong for each in _below(node))
    }
    findings[:] = [each for each in findings if uses.origins.get(id(getattr(each, "node", None))) not in bad]


def _by_constants(budget: Budget) -> list[ChosenLimit]:
    """The limits that nothing but a constant can say."""
    return [limit for limit in budget.chosen if not limit.capped]


def _budgets(module: Module) -> Iterator[Node]:
    yield from by_class(module).get(Budget, ())


def _in_order(declared: Mapping[str, ConstantDeclaration], findings: list[Finding]) -> Iterator[ConstantDeclaration]:
    """Each after those that it names; those that need themselves are told, and left out."""
    places = {name: place for place, name in enumerate(declared)}
    needs = {name: names(node.value) & declared.keys() for name, node in declared.items()}
    needed_by: dict[str, list[str]] = {name: [] for name in declared}
    for name in declared:
        for needed in sorted(needs[name]):
            needed_by[needed].append(name)
    left = {name: len(needed) for name, needed in needs.items()}
    waiting = dict(declared)
    ready = [name for name in declared if not left[name]]
    while ready:
        following = []
        for name in ready:
            yield waiting.pop(name)
            for other in needed_by[name]:
                left[other] -= 1
                if not left[other]:
                    following.append(other)
        ready = sorted(following, key=places.__getitem__)
    for name, node in waiting.items():
        if _needs(name, name, waiting):
            findings.append(InvalidType(node.value, f"`{name}` needs itself, so it has no value"))


def _needs(name: str, other: str, declared: Mapping[str, ConstantDeclaration]) -> bool:
    """Whether `name` needs `other`, by whatever way."""
    seen: set[str] = set()
    waiting = [name]
    for each in waiting:
        for needed in names(declared[each].value) & declared.keys():
            if needed == other:
                return True
            if needed not in seen:
                seen.add(needed)
                waiting.append(needed)
    return False


def _fits(value: Expression, node: ConstantDeclaration, findings: list[Finding]) -> bool:
    """Whether it may be put wherever its name stands: constants in constants could double its size each time."""
    parts = sum(1 for _ in _below(value))
    if parts > LARGEST or _depth(value) > DEEPEST:
        message = f"`{node.name}` has more than {LARGEST:,} parts, with the constants in it"
        if parts <= LARGEST:
            message = f"`{node.name}` has parts inside of parts, more than {DEEPEST} deep"
        advice = "a constant is written out wherever it is used: make it smaller"
        findings.append(InvalidType(node.value, message, advice))
        return False
    for call in by_class(value).get(FunctionCall, ()):
        if isinstance(call, FunctionCall) and call.function in ("now", "uuid"):
            message = f"`{node.name}` is always the same, and `{call.function}()` is not"
            findings.append(InvalidType(node.value, message, "ask for it in the flow"))
            return False
    return True


def _below(node: Node) -> Iterator[Node]:
    waiting = [node]
    for each in waiting:
        yield each
        waiting += children(each)


def _depth(node: Node) -> int:
    depth, level = 0, [node]
    while level:
        depth, level = depth + 1, [child for each in level for child in children(each)]
    return depth


def _value_of(value: Expression) -> Any:
    if names(value):
        return None
    try:
        return evaluate(value, {}, CONSTANT)
    except EvaluationError:
        return None
