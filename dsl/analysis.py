"""The whole pipeline, from text to facts and problems: what the commands, the editor and the tests all call."""

from collections.abc import Iterator
from functools import cached_property

from dsl.ast.declarations import FlowDeclaration, Module
from dsl.ast.statements import AwaitApproval, GatedCall
from dsl.checks.consequences import one_at_a_place, said, without_idle_warnings
from dsl.checks.ignored import heeded
from dsl.checks.program import Program
from dsl.checks.registry import checks_of
from dsl.dataclass import dataclass, replace
from dsl.diagnostics.diagnostic import Diagnostic, Fix
from dsl.linking.files import Files
from dsl.linking.link import link
from dsl.models.configured import TABLE, Models
from dsl.semantics.facts import Facts
from dsl.semantics.nodes import by_class
from dsl.semantics.spending import Spending
from dsl.semantics.understand import understand
from dsl.source import Source

MOST_TRIED = 100_000
"""How many characters may be looked at to try fixes."""
MOST = 100
"""How many diagnostics of one file are told."""


@dataclass(frozen=True)
class Analysis:
    """`main_flow` is the only flow of the file that no other one calls; `diagnostics` are sorted by place. `source` has
    the file and all that it uses; of those, only errors are told."""

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
        from dsl.semantics.gating.gates import gates

        found: dict[int, tuple[GatedCall, ...]] = {}
        for flow in self.flows:
            by_name = gates(flow, self.facts)
            asked = (node for node in by_class(flow).get(AwaitApproval, ()) if isinstance(node, AwaitApproval))
            found |= {id(node): by_name.get(node.name, ()) for node in asked}
        return found


def _limited(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The first of them, errors before warnings; the last says how many more there are."""
    more = len(diagnostics) - MOST
    if more <= 0:
        return tuple(diagnostics)
    errors = [each for each in diagnostics if each.severity == "error"]
    warnings = [each for each in diagnostics if each.severity != "error"]
    kept = sorted([*errors, *warnings][:MOST], key=lambda each: each.primary.span.start)
    return (*kept[:-1], replace(kept[-1], message=f"{kept[-1].message}; and {more:,} more messages"))


def analyse(source: Source, models: Models = TABLE, files: Files | None = None) -> Analysis:
    """Everything that can be known about a text without running it. Never raises, whatever the text. `models`: what is
    known of models where it will run; `files`: what the text may use, as `files_of` finds it.
    """
    found = _analyse(source, models, files)
    told = tuple(_with_tried_fixes(source, found.diagnostics, models, files))
    return replace(found, diagnostics=_without_what_others_use(told, files))


def _without_what_others_use(told: tuple[Diagnostic, ...], files: Files | None) -> tuple[Diagnostic, ...]:
    """What nothing uses in a file that others use is theirs to use."""
    if files is None or all(each.code != "SF608" for each in told) or not files.is_used_by_others():
        return told
    return tuple(each for each in told if each.code != "SF608")


def _with_tried_fixes(
    source: Source, diagnostics: tuple[Diagnostic, ...], models: Models, files: Files | None
) -> Iterator[Diagnostic]:
    """A fix is kept that leaves fewer messages than there were: each is tried, as long as that takes little time,
    and what was not tried is advice in words only."""
    left = MOST_TRIED
    for each in diagnostics:
        if each.fix is None:
            yield each
            continue
        if each.fix.span.end > len(source.text):  # in another file, which is mended when it is checked itself
            yield replace(each, fix=None)
            continue
        mended = _mended(source, each.fix)
        left -= len(mended.text)
        helps = left >= 0 and len(_analyse(mended, models, files).diagnostics) < len(diagnostics)
        yield each if helps else replace(each, fix=None)


def _mended(source: Source, fix: Fix) -> Source:
    return Source(source.name, source.text[: fix.span.start] + fix.replacement + source.text[fix.span.end :])


def _analyse(text: Source, models: Models, files: Files | None) -> Analysis:
    linked = link(text, files)
    source, parsed = linked.source, linked.parsed
    facts = understand(parsed.module, source.text, parsed.damage, parsed.lost, linked.excused)
    program = Program(facts, source, models)
    checked = (each for check in checks_of(facts) for each in check(program))
    found = [*parsed.diagnostics, *said(checked, program)]
    found = [each for each in found if each.severity == "error" or each.primary.span.start <= len(text.text)]
    found.sort(key=lambda each: (each.primary.span.start, each.code))
    told = heeded(without_idle_warnings(one_at_a_place(found), program), parsed.notes, source)
    diagnostics = _limited(told)
    flows = tuple(program.graph.flows.values())
    main = program.graph.main()
    return Analysis(source, facts.module, program, facts, diagnostics, flows, main[0] if len(main) == 1 else None)
