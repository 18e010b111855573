"""One side of a comparison: all that a file declares, or a sealed definition, and the hash of each flow."""

from collections.abc import Mapping
from typing import Any

from dsl.analysis import Analysis
from dsl.dataclass import dataclass, field, replace
from dsl.definition.canonical import digest
from dsl.definition.definition import Definition, Parts
from dsl.definition.form import to_bytes
from dsl.definition.reach import reach, without_docs
from dsl.definition.seal import parts_of
from dsl.models.configured import TABLE, Models

EMPTY = Parts("", {}, {}, {}, {})


@dataclass(frozen=True)
class Side:
    """`name` is what it was asked for by. `reached` has what each flow reaches, as it is sealed, `hashes` the hash of
    each; `parts` all declarations. `analysis` is None where there is no text: then no plan is made, and where
    sensitive data goes is not known. `models`: what is known of them on that side.
    """

    name: str
    parts: Parts
    reached: Mapping[str, Parts]
    hashes: Mapping[str, str]
    edition: int = 1
    analysis: Analysis | None = None
    models: Models = field(default=TABLE, compare=False)
    linked: frozenset[str] = frozenset()
    """What other files declare that this one uses."""

    @property
    def own(self) -> frozenset[str]:
        """What the file itself declares."""
        kinds = (self.parts.flows, self.parts.tools, self.parts.agents, self.parts.types)
        return frozenset(name for kind in kinds for name in kind) - self.linked

    def bare(self, kind: str, name: str) -> Any:
        """A declaration that no flow reaches: no model reads what is written of it."""
        return without_docs(getattr(self.parts, kind)[name])


def side_of(name: str, analysis: Analysis, models: Models = TABLE) -> Side:
    """A checked file without errors, with what it uses."""
    parts = parts_of(analysis.facts, analysis.gates, analysis.spends)
    edition, linked = analysis.module.edition or 1, frozenset(analysis.module.linked)
    return _side(name, parts, edition, analysis, models, linked)


def side_of_definition(name: str, definition: Definition) -> Side:
    """A sealed definition, which has no text."""
    return _side(name, definition, definition.edition, None, TABLE, frozenset())


def of_one_flow(side: Side, flow: str) -> Side:
    """What a flow of the file reaches, as one definition has it: nothing else of the file is compared with that."""
    if flow not in side.reached:
        return side
    parts = side.reached[flow]
    reached = {name: side.reached[name] for name in parts.flows}
    return replace(side, parts=parts, reached=reached, hashes={name: side.hashes[name] for name in reached})


def nothing(name: str) -> Side:
    """A file that is not there."""
    return Side(name, EMPTY, {}, {})


def _side(
    name: str, parts: Parts, edition: int, analysis: Analysis | None, models: Models, linked: frozenset[str]
) -> Side:
    reached = {flow: reach(parts, flow) for flow in parts.flows}
    hashes = {flow: digest(to_bytes(each, edition)) for flow, each in reached.items()}
    return Side(name, parts, reached, hashes, edition, analysis, models, linked)


def callers(parts: Parts) -> dict[str, frozenset[str]]:
    """The flows that reach each flow, itself not among them."""
    found: dict[str, set[str]] = {name: set() for name in parts.flows}
    for flow in parts.flows:
        for other in reach(parts, flow).flows:
            if other != flow:
                found[other].add(flow)
    return {name: frozenset(of) for name, of in found.items()}
