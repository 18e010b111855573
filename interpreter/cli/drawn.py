"""From a file to the picture of one of its flows, for commands that draw."""

import click

from dsl.analysis import Analysis
from dsl.cli.internal import blaming_ourselves
from dsl.cli.reading import one_source
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import narrow, unseal
from interpreter.cli.planned import checked
from interpreter.cli.problem import Misuse


def definition_of_file(context: click.Context, path: str, flow: str | None) -> Definition:
    """Of `flow`, or of the file's main flow. A file with errors is reported, and ends the command with 4."""
    given = one_source(path)
    analysis = checked(context, given)
    with blaming_ourselves(given.source):
        return _sealed(analysis, _chosen(analysis, given.source.name, flow))


def _chosen(analysis: Analysis, file: str, flow: str | None) -> str:
    names = [each.name for each in analysis.flows]
    if flow is None and analysis.main_flow is not None:
        return analysis.main_flow.name
    if flow in names:
        return str(flow)
    if not names:
        raise Misuse(f"there is no flow in {file}")
    there = ", ".join(sorted(names))
    raise Misuse(f"choose a flow: {there}" if flow is None else f"there is no flow `{flow}`; {file} has {there}")


def _sealed(analysis: Analysis, name: str) -> Definition:
    """One that requires approval is sealed as a part of a flow that calls it."""
    starts = [name, *(each.name for each in analysis.flows)]
    for start in dict.fromkeys(each for each in starts if not _requires_approval(analysis, each)):
        sealed = seal(analysis.facts, analysis.source, start, gates=analysis.gates, spends=analysis.spends)
        definition = unseal(sealed.json)
        if name in definition.flows:
            return narrow(definition, name)
    raise Misuse(f"`{name}` requires approval, and no flow calls it: it cannot be started")


def _requires_approval(analysis: Analysis, name: str) -> bool:
    return any(each.requires_approval for each in analysis.flows if each.name == name)
