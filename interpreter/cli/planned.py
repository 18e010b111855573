"""A flow of a file with its plan: what the commands share that look at one before it runs."""

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from dsl.analysis import Analysis, analyse
from dsl.cli.internal import blaming_ourselves
from dsl.cli.reading import Given, one_source
from dsl.cli.reporting import report
from dsl.cli.searching import STDIN
from dsl.definition.seal import Sealed, UnknownFlow, seal
from dsl.definition.unseal import unseal
from dsl.linking.files import files_of
from dsl.models.configured import TABLE, Models, models_for
from dsl.models.unusable import Unusable
from dsl.planning.plan import Plan, Planner
from interpreter.cli import exit_codes
from interpreter.cli.problem import Misuse
from interpreter.providers.prices import resolve_prices


@dataclass(frozen=True)
class Planned:
    analysis: Analysis
    sealed: Sealed
    plan: Plan
    models: Models


def planned(context: click.Context, path: str, flow: str | None, input: Any = None) -> Planned:
    """One that does not pass the check is reported, and ends the command with 4."""
    models = _models(path)
    analysis = checked(context, one_source(path), models)
    with blaming_ourselves(analysis.source):
        sealed = sealed_flow(analysis, flow)
        return Planned(analysis, sealed, _plan(analysis, sealed, models, input), models)


def checked(context: click.Context, given: Given, models: Models = TABLE) -> Analysis:
    """What does not pass the check is reported, and ends the command with 4."""
    if given.unreadable is not None:
        report([(given.source, [given.unreadable])], "text")
        context.exit(exit_codes.REFUSED)
    with blaming_ourselves(given.source):
        analysis = analyse(given.source, models, files_of(given.source.name))
    errors = [each for each in analysis.diagnostics if each.severity == "error"]
    if errors:
        report([(analysis.source, errors)], "text")
        context.exit(exit_codes.REFUSED)
    return analysis


def _models(path: str) -> Models:
    try:
        return models_for(None if path == STDIN else Path(path))
    except Unusable as error:
        raise Misuse(str(error)) from error


def sealed_flow(analysis: Analysis, flow: str | None) -> Sealed:
    """The flow of this name, or the one that no other calls."""
    names = [each.name for each in analysis.flows]
    if flow is None and analysis.main_flow is None:
        raise Misuse(f"choose a flow with --flow: {', '.join(names)}" if names else "there is no flow in this file")
    name = flow or (analysis.main_flow.name if analysis.main_flow is not None else "")
    try:
        return seal(analysis.facts, analysis.source, name, gates=analysis.gates, spends=analysis.spends)
    except UnknownFlow as error:
        raise Misuse(str(error)) from error


def _plan(analysis: Analysis, sealed: Sealed, models: Models, input: Any) -> Plan:
    if input is not None:
        _fits(sealed, input)
    return replace(Planner(analysis, lambda model: price(model, models), input).plan(sealed.flow), hash=sealed.hash)


def _fits(sealed: Sealed, input: Any) -> None:
    """What no run would begin with has no plan."""
    from interpreter.client.errors import InputRefused
    from interpreter.client.submission import fitting_input

    if not isinstance(input, dict):
        raise Misuse("the input of a flow is a JSON object")
    try:
        fitting_input(unseal(sealed.json), input)
    except InputRefused as error:
        raise Misuse(str(error)) from error


def price(model: str, models: Models) -> Decimal | None:
    """The most that one token of a model costs, in US dollars; None where nobody knows."""
    known = resolve_prices([model], models).get(model)
    if known is None:
        return None
    return max(Decimal(each) for each in (known.input, known.output, known.cache_write) if each is not None)
