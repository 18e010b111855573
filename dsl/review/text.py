"""Places and words of the text, as evidence."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from dsl.analysis import Analysis
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration, TypeDeclaration
from dsl.ast.node import Node
from dsl.ast.people import ChosenGroup, Group, Person
from dsl.ast.people import Stage as Asked
from dsl.ast.statements import Call
from dsl.dataclass import dataclass, field
from dsl.review import model
from dsl.review.model import Place, Stage, Undo
from dsl.semantics.chosen_groups import as_written, possible
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class
from dsl.source import Span

N = TypeVar("N", bound=Node)
M = TypeVar("M", bound=Node)
Declared = FlowDeclaration | AgentDeclaration | ToolDeclaration | TypeDeclaration


@dataclass(frozen=True)
class Reached:
    """What a flow reaches, in source order, with the text that it stands in. `names` is the sealed definition's."""

    analysis: Analysis
    names: frozenset[str]
    flows: tuple[FlowDeclaration, ...] = field(init=False)
    agents: tuple[AgentDeclaration, ...] = field(init=False)
    tools: tuple[ToolDeclaration, ...] = field(init=False)
    types: tuple[TypeDeclaration, ...] = field(init=False)

    def __post_init__(self) -> None:
        for name, kind in (
            ("flows", FlowDeclaration),
            ("agents", AgentDeclaration),
            ("tools", ToolDeclaration),
            ("types", TypeDeclaration),
        ):
            found = (each for each in self.facts.all(kind) if each.name in self.names)  # type: ignore[attr-defined]
            object.__setattr__(self, name, tuple(found))

    @property
    def facts(self) -> Facts:
        return self.analysis.facts

    @property
    def declared(self) -> tuple[Declared, ...]:
        return (*self.flows, *self.agents, *self.tools, *self.types)

    def all(self, kind: type[N], within: Iterable[Node] | None = None) -> Iterator[N]:
        """Every node of this class in what is reached, or in `within`."""
        for each in self.declared if within is None else within:
            for node in by_class(each).get(kind, ()):
                assert isinstance(node, kind)
                yield node

    def either(self, one: type[N], other: type[M]) -> Iterator[N | M]:
        yield from self.all(one)
        yield from self.all(other)

    def tool(self, call: Call) -> ToolDeclaration | None:
        signature = self.facts.callee_of(call)
        node = None if signature is None else signature.node
        return node if isinstance(node, ToolDeclaration) else None

    # -- evidence

    def place(self, node: Node, name: str | None = None) -> Place:
        """The line on which a node begins, behind comments; or of the `name` in it."""
        program = self.analysis.program
        return self.at(program.place(node) if name is None else program.word(node, name))

    def at(self, span: Span) -> Place:
        file, start = self.analysis.source.at(span.start)
        line = file.position(start).line
        return Place(file.name, line, file.line(line).strip())

    def said(self, node: Node) -> str:
        """The words of a node, on one line."""
        return " ".join(self.analysis.source.slice(node.span).split())

    def stages(self, stages: Iterable[Asked]) -> tuple[Stage, ...]:
        return tuple(map(self._stage, stages))

    def _stage(self, stage: Asked) -> Stage:
        return Stage(
            tuple(_written(stage)),
            tuple(
                model.ChosenGroup(self.said(whom.value), possible(whom, self.facts))
                for whom in stage.whom
                if isinstance(whom, ChosenGroup) and as_written(whom) is None
            ),
            tuple(self.said(whom.value) for whom in stage.whom if isinstance(whom, Person)),
            stage.required,
            stage.all_of,
            stage.except_requester,
            stage.verified,
            stage.timeout,
            stage.outcome or "fail",
            self.place(stage),
        )

    def undo(self, calls: Iterable[Call]) -> tuple[Undo, ...]:
        return tuple(Undo(call.target, self.said(call), self.place(call)) for call in calls)


def _written(stage: Asked) -> Iterator[str]:
    for whom in stage.whom:
        name = whom.name if isinstance(whom, Group) else as_written(whom) if isinstance(whom, ChosenGroup) else None
        if name is not None:
            yield name
