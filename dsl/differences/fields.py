"""Each field of what a definition is made of, how it is compared, and what is said of it: one row for each.

A field without a row would be compared as a whole and called by its own name (`fallback`); a test says which one lacks
a row. What holds statements, and what sealing works out, has none.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from dsl.ast import statements as ast
from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.node import Node
from dsl.definition.canonical import canonical
from dsl.definition.encode import encode
from dsl.differences import manners
from dsl.differences.carriers import emitting, requesting, serving
from dsl.differences.changes import Found, Verb, Weight
from dsl.differences.events import awaited
from dsl.differences.items import NAMES, is_held
from dsl.differences.manners import Row, duration, expression, expressions
from dsl.differences.tools import effects, using
from dsl.differences.written import (
    budget_text,
    calls_text,
    first_text,
    quoted,
    retry_text,
    stage_text,
    undo_text,
    whole_type_text,
)

Weights = tuple[tuple[Verb, Weight, str | None], ...]


def _worse(verb: Verb, why: str) -> Weights:
    """`verb` makes a promise weaker, and its reverse stronger."""
    reverse: dict[Verb, Verb] = {"added": "removed", "removed": "added", "raised": "lowered", "lowered": "raised"}
    return ((verb, "weaker", why), (reverse[verb], "stronger", None))


def _more(why: str) -> Weights:
    """A limit that is raised, or is gone."""
    return (*_worse("raised", why), *_worse("removed", why))


def _either_way(raised: str, lowered: str) -> Weights:
    """What follows of a time that no promise is about: the budget around bounds it."""
    return (("raised", "compatible", raised), ("lowered", "compatible", lowered))


def _expr(aspect: str, what: str, weights: Weights = ()) -> Row:
    return Row(aspect, what, manners.whole, expression, weights)


def _time(aspect: str, what: str, weights: Weights = ()) -> Row:
    return Row(aspect, what, manners.number, duration, weights)


def _count(aspect: str, what: str, weights: Weights = ()) -> Row:
    return Row(aspect, what, manners.number, lambda value: f"{value:,}", weights)


def _text(aspect: str, what: str, weights: Weights = ()) -> Row:
    return Row(aspect, what, manners.whole, str, weights)


def _flag(aspect: str, what: str, weights: Weights = ()) -> Row:
    return Row(aspect, what, manners.flag, str, weights)


def _show(aspect: str, what: str, show: Callable[[Any], str], weights: Weights = ()) -> Row:
    return Row(aspect, what, manners.whole, show, weights)


def _stages(stages: tuple[Any, ...]) -> str:
    return "; ".join(map(stage_text, stages))


_SEES = Row("sees", "sees", manners.classes, str, _worse("added", "it may be given what is sensitive of this class"))
_KEEPS = Row("keeps", "keeps", manners.classes, str, _worse("added", "its answer is taken to hold nothing of it"))
_ASKS = Row("asks", "asked for more", manners.stages, _stages, _worse("added", "people may let it spend more"))
_BUDGET = Row("budget", "budget", manners.budget, budget_text)
_ATTEMPT = _either_way("an attempt may take longer", "an attempt is given up sooner")
_WAIT = _either_way("it may wait longer", "it waits less long")
_RETRY = Row("retry", "retry", manners.retrying, retry_text)
_DOC = _show("documentation", "documentation that a model reads", quoted)
_UNDO = Row("undo", "undo", manners.undo, undo_text)
_NAME = _text("name", "name")
_VALUE = _expr("value", "value")
_LIST_LIMIT = _count("limit", "at most", _more("it may go round more often"))
_KEEP_GOING = _flag("failures", "keep going")
_FIRST = _show("race", "how many win", first_text)
_STOP = _expr("race", "stop when")
_APART: Weights = (("changed", "weaker", manners.KEPT_APART),)

FIELDS: dict[type[Node], dict[str, Row]] = {
    ToolDeclaration: {
        "effect": Row("effect", "effect", effects),
        "timeout": _time("timeout", "timeout", _ATTEMPT),
        "retry": _RETRY,
        "heartbeat": _time("heartbeat", "heartbeat"),
        "queue": _text("queue", "queue"),
        "compensate": _UNDO,
        "verify": Row("verify", "verify", manners.verifying),
        "errors": Row(
            "errors", "error", manners.several, str, (("removed", "breaking", "who carries it out may still fail so"),)
        ),
        "key": _text("key", "key as"),
        "patience": _time("patience", "patience"),
        "doc": _DOC,
        "served": Row("server", "server", serving),
        "costs": Row("costs", "costs", manners.costs),
        "sees": _SEES,
        "keeps": _KEEPS,
        "http": Row("request", "request", requesting),
        "emit": Row("event", "event", emitting),
        "exclusive": Row("exclusive", "exclusive", manners.locking),
    },
    AgentDeclaration: {
        "models": Row("model", "model", manners.several),
        "prompt": _expr("prompt", "prompt"),
        "instructions": _expr("instructions", "instructions"),
        "temperature": Row("temperature", "temperature", manners.number),
        "budget": _BUDGET,
        "answer_tokens": _count("answer", "tokens of an answer"),
        "patience": _time("patience", "patience"),
        "uses": Row("use", "use", using),
        "side_by_side": _count("side-by-side", "calls at a time"),
        "repeats": _count("repeats", "equal calls that end it"),
        "keep_last": _count("memory", "keep last"),
        "tells_budget": _flag("tells-budget", "told what is left of its budget"),
        "summarise": _show("memory", "summarise", lambda made: f"by {made.target} at {made.at:,} tokens"),
        "reasoning": _text("reasoning", "reasoning"),
        "seed": _text("seed", "seed"),
        "timeout": _time("timeout", "timeout", _ATTEMPT),
        "retry": _RETRY,
        "queue": _text("queue", "queue"),
        "batch": _time("batch", "batch within"),
        "doc": _DOC,
        "sees": _SEES,
        "keeps": _KEEPS,
        "asks": _ASKS,
    },
    FlowDeclaration: {
        "budget": _BUDGET,
        "depth": _count("depth", "depth", _more("it may call itself more often")),
        "requires_approval": _flag(
            "requires-approval",
            "requires approval",
            (
                ("added", "breaking", "it cannot be started by itself any more"),
                ("removed", "weaker", "it is called without an approval"),
            ),
        ),
        "doc": _DOC,
        "sees": _SEES,
        "asks": _ASKS,
    },
    ast.Step: {
        "call": Row("target", "calls", manners.calling),
        "timeout": _time("timeout", "timeout", _ATTEMPT),
        "retry": _RETRY,
        "compensate": _UNDO,
        "without_approval": _show(
            "without-approval", "without approval", quoted, _worse("added", "nobody agrees to it before")
        ),
        "patience": _time("patience", "patience"),
        "continues": _expr("continues", "continue"),
        "chosen_timeout": _expr("timeout", "timeout worked out"),
        "detached": _flag("detached", "detached", _worse("added", "no cancel reaches it, and nobody undoes it")),
    },
    ast.Let: {"value": _VALUE, "type": _show("type", "type", whole_type_text)},
    ast.Var: {"value": _VALUE, "type": _show("type", "type", whole_type_text)},
    ast.Set: {"name": _text("variable", "sets"), "value": _VALUE},
    ast.If: {},
    ast.Arm: {"condition": _expr("condition", "condition")},
    ast.Match: {"subject": _expr("subject", "match")},
    ast.Case: {"values": _show("values", "values", expressions)},
    ast.For: {"source": _expr("source", "list"), "at_most": _LIST_LIMIT},
    ast.Parallel: {"keep_going": _KEEP_GOING, "first": _FIRST, "stop_when": _STOP},
    ast.ParallelFor: {
        "source": _expr("source", "list"),
        "at_most": _LIST_LIMIT,
        "up_to": _expr("up-to", "up to"),
        "up_to_at_most": _count("up-to", "up to, at most"),
        "keep_going": _KEEP_GOING,
        "first": _FIRST,
        "stop_when": _STOP,
    },
    ast.Branch: {},
    ast.Loop: {
        "budget": _BUDGET,
        "every": _time("every", "every"),
        "chosen_every": _expr("every", "every worked out"),
        "keep_going": _KEEP_GOING,
        "asks": _ASKS,
    },
    ast.Commit: {},
    ast.BudgetBlock: {"budget": _BUDGET, "asks": _ASKS},
    ast.AwaitApproval: {
        "question": _expr("question", "question"),
        "show": Row("show", "show", manners.several, expression, _worse("removed", "people agree without seeing it")),
        "remind": _time("remind", "remind every"),
        "stages": Row("gate", "gate", manners.stages, _stages),
        "sees": _SEES,
    },
    ast.AwaitEvent: {
        "expected": Row("event", "event", awaited),
        "timeout": _time("timeout", "timeout", _WAIT),
        "chosen_timeout": _expr("timeout", "timeout worked out"),
    },
    ast.AwaitFirst: {},
    ast.FirstBranch: {
        "expected": Row("event", "event", awaited),
        "after": _time("after", "after", _WAIT),
        "chosen_after": _expr("after", "after worked out"),
        "until": _expr("after", "until"),
        "branch": _text("branch", "branch"),
    },
    ast.Respond: {"name": _text("event", "answers event"), "value": _VALUE},
    ast.Sleep: {
        "milliseconds": _time("sleep", "sleep", _WAIT),
        "chosen": _expr("sleep", "sleep worked out"),
        "until": _expr("sleep", "sleep until"),
    },
    ast.Try: {
        "finally_": _show(
            "finally",
            "finally",
            lambda made: calls_text(made.calls),
            _worse("removed", "it is not done any more, however the rest ends"),
        )
    },
    ast.Handler: {
        "condition": _expr("condition", "condition"),
        "kinds": Row("errors", "handles", manners.kinds, str, _worse("removed", "it is not handled here any more")),
    },
    ast.CompensateStatement: {"calls": _show("undo", "undo", calls_text)},
    ast.ExclusiveBlock: {
        "by": _expr("exclusive", "exclusive by", _APART),
        "up_to": _count("exclusive", "at a time", _worse("raised", manners.MORE_AT_A_TIME)),
        "within": _time("exclusive", "waits within"),
    },
    ast.Fail: {"value": _VALUE},
    ast.Return: {"value": _VALUE},
    ast.Yield: {"value": _VALUE},
    ast.Until: {"condition": _expr("condition", "condition")},
    ast.Break: {"loop": _text("loop", "loop")},
    ast.Continue: {"loop": _text("loop", "loop")},
}

ELSEWHERE: dict[type[Node], frozenset[str]] = {
    ToolDeclaration: frozenset({"name", "parameters", "returns"}),
    AgentDeclaration: frozenset({"name", "parameters", "returns"}),
    FlowDeclaration: frozenset({"name", "parameters", "returns", "body", "config", "most", "usual", "charges"}),
    ast.Step: frozenset({"name", "named", "transcript"}),
    ast.Match: frozenset({"complete"}),
    ast.AwaitApproval: frozenset({"gates", "answer"}),
}
"""Fields that are compared in another way than by a row, beside names and what holds statements."""


def differing(old: Node, new: Node) -> Iterator[Found]:
    """The changes of all fields that have a row, or that nobody has thought of."""
    rows = FIELDS.get(type(new), {})
    for part in fields(new):
        before, after = getattr(old, part.name), getattr(new, part.name)
        if part.name == "span" or before == after or part.name in ELSEWHERE.get(type(new), ()):
            continue
        row = rows.get(part.name)
        if row is not None:
            yield from row.manner(row, before, after)
        elif not _is_known(new, part.name, before, after):
            one, other = (None if each in (None, (), False) else each for each in (before, after))
            yield fallback(part.name).found(one, other)


def _is_known(node: Node, name: str, *values: Any) -> bool:
    """What it is called by, or what holds statements: compared by who goes through the flow."""
    return name in NAMES or any(is_held(value) for value in values)


def fallback(name: str) -> Row:
    words = name.strip("_").replace("_", " ")
    return Row("other", words, manners.whole, lambda value: canonical(encode(value)).decode())


def aspects() -> list[str]:
    """All that may be said to have changed, by name."""
    of_rows = {row.aspect for rows in FIELDS.values() for row in rows.values()}
    return sorted(of_rows | OTHERS)


OTHERS = frozenset(
    {
        "declaration",
        "statement",
        "order",
        "parameter",
        "result",
        "field",
        "type",
        "answer",
        "opens",
        "other",
        "argument",
        "host",
        "edition",
        "error",
        "config",
        "meaning",
        "tool",
        "data",
        "name",
        "value",
    }
)
"""Aspects that no row has."""
