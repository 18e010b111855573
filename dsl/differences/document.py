"""A report as JSON, for programs; `schemas/differences.json` says its form."""

from decimal import Decimal
from typing import Any

from dsl.differences import wording
from dsl.differences.changes import Change, Place
from dsl.differences.report import Comparison, FlowReport, PinnedRun, Report
from dsl.differences.sides import Side

VERSION = 1


def document(of: Comparison) -> dict[str, Any]:
    """Money as a decimal text, times in milliseconds, null for what is not there or not bounded."""
    return {
        "version": VERSION,
        "verdict": of.verdict,
        "files": [_file(each) for each in of.reports],
        "runs": None if of.runs is None else [_run(each) for each in of.runs],
    }


def _run(run: PinnedRun) -> dict[str, Any]:
    return {"run": run.run, "flow": run.flow, "hash": run.hash, "started": run.started}


def _file(report: Report) -> dict[str, Any]:
    return {
        "old": _side(report.old),
        "new": _side(report.new),
        "verdict": report.verdict,
        "summary": wording.summary(report),
        "changes": [_change(each) for each in (*report.changes, *report.follows)],
        "flows": [_flow(each) for each in report.flows],
        "same": list(report.same),
    }


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "flows": dict(sorted(side.hashes.items())), "text": side.analysis is not None}


def _change(change: Change) -> dict[str, Any]:
    return {
        "of": change.of,
        "name": change.name,
        "old": _place(change.old),
        "new": _place(change.new),
        "label": change.label,
        "aspect": change.aspect,
        "what": change.what,
        "verb": change.verb,
        "weight": change.weight,
        "before": change.before,
        "after": change.after,
        "why": change.why,
        "flows": list(change.flows),
        "follows": change.follows,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"name": place.name, "at": place.at}


def _flow(flow: FlowReport) -> dict[str, Any]:
    return {
        "old": flow.old,
        "new": flow.new,
        "old_hash": flow.old_hash,
        "new_hash": flow.new_hash,
        "because": [{"of": of, "name": name} for of, name in flow.because],
        "callers": list(flow.callers),
        "most": None
        if flow.cost is None
        else [{"of": each.of, "before": _plain(each.before), "after": _plain(each.after)} for each in flow.cost],
        "waits": [
            {"label": each.label, "at": each.at, "could_move": each.why_not is None, "why_not": each.why_not}
            for each in flow.waits
        ],
    }


def _plain(amount: int | Decimal | None) -> int | str | None:
    return format(amount, "f") if isinstance(amount, Decimal) else amount
