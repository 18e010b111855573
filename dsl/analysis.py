"""The whole pipeline, from text to facts and problems: what the commands, the editor and the tests all call."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

from dsl.ast.declarations import FlowDeclaration, Module
from dsl.ast.statements import AwaitApproval, GatedCall
from dsl.checks.program import Program
from dsl.checks.registry import CHECKS
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.models.configured import TABLE, Models
from dsl.semantics.facts import Facts
from dsl.semantics.gating.gates import gates
from dsl.semantics.nodes import by_class
from dsl.semantics.spending import Spending
from dsl.semantics.understand import understand
from dsl.source import Source
from dsl.syntax.parse import parse

MOST_OF_A_KIND = 100
"""How many diagnostics of one code are told."""


@dataclass(frozen=True)
class Analysis:
    """`main_flow` is the only flow that no other one calls; `diagnostics` are sorted by place."""

    source: Source
    module: Module
    program: Program
    facts: Facts
    diagnostics: tuple[Diagnostic, ...]
    flows: tuple[FlowDeclaration, ...]
    main_flow: FlowDeclaration | None

    @property
    def ok(self) -> bool:
        return all(each.severity != "error" for each in self.diagnostics)

    def gates(self, approval: AwaitApproval) -> tuple[GatedCall, ...]:
        """The irreversible calls that an approval of this module opens; see `dsl.semantics.gating.gates`."""
        return self._gates.get(id(approval), ())

    def spends(self, flow: str) -> Spending:
        """The most that a flow of this module can spend; see `dsl.semantics.spending`."""
        return self.program.spendings.of(flow)

    @cached_property
    def _gates(self) -> dict[int, tuple[GatedCall, ...]]:
        found: dict[int, tuple[GatedCall, ...]] = {}
        for flow in self.flows:
            by_name = gates(flow, self.facts)
            asked = (node for node in by_class(flow).get(AwaitApproval, ()) if isinstance(node, AwaitApproval))
            found |= {id(node): by_name.get(node.name, ()) for node in asked}
        return found


def _limited(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The first of each kind; the last of these says how many more there are. An error is no warning's kind."""
    counts = Counter((each.code, each.severity) for each in diagnostics)
    told: Counter[tuple[str, str]] = Counter()
    kept = []
    for each in diagnostics:
        kind = each.code, each.severity
        told[kind] += 1
        more = counts[kind] - MOST_OF_A_KIND
        if told[kind] == MOST_OF_A_KIND and more > 0:
            kept.append(replace(each, message=f"{each.message}; and {more:,} more of {each.code}"))
        elif told[kind] <= MOST_OF_A_KIND:
            kept.append(each)
    return tuple(kept)


def analyse(source: Source, models: Models = TABLE) -> Analysis:
    """Everything that can be known about a text without running it. Never raises, whatever the text. `models`: what is
    known of models where it will run.
    """
    parsed = parse(source)
    broken = [each.primary.span for each in parsed.diagnostics if each.code == "SF001"]
    facts = understand(parsed.module, source.text, broken)
    program = Program(facts, source, models)
    found = [*parsed.diagnostics, *(each for _, check in CHECKS for each in check(program))]
    diagnostics = _limited(sorted(dict.fromkeys(found), key=lambda each: (each.primary.span.start, each.code)))
    flows = tuple(program.graph.flows.values())
    main = program.graph.main()
    return Analysis(source, parsed.module, program, facts, diagnostics, flows, main[0] if len(main) == 1 else None)
