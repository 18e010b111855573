"""What people are told that a frame does, and what it waits for: of each construct that has words of its own."""

from typing import Any

import pytest

from interpreter.boundary.failures import NO_PROVIDER, OVERLOADED
from interpreter.boundary.payloads import ChatRequest
from interpreter.core import locks
from interpreter.core.batches import BatchMemory, settled
from interpreter.core.constructs.batch import _questions
from interpreter.core.constructs.table import CONSTRUCTS
from interpreter.core.outcomes import Failure
from interpreter.core.state import Frame
from interpreter.core.talks import TalkMemory

LOST = Failure("TimedOut", "late")
SETTLING = "is being settled: nobody knows yet whether it took effect"
AWAY = Failure(NO_PROVIDER, "no key here")


def frame(kind: str, *, cancelling: bool = False, **memory: Any) -> Frame:
    construct = CONSTRUCTS[kind]
    return Frame("main/a", kind, None, "", [1], 7.0, memory=construct.remembers(**memory), cancelling=cancelling)


DOES: list[tuple[str, dict[str, Any], str, str]] = [
    ("ToolCall", {"phase": "calling"}, "running", ""),
    ("ToolCall", {"phase": "reserving"}, "waiting", ""),
    ("ToolCall", {"phase": "waiting"}, "retrying", ""),
    (
        "ToolCall",
        {"phase": "waiting", "misfit": "none"},
        "waiting",
        "waits for a worker that has it: none",
    ),
    ("ToolCall", {"phase": "waiting", "misfit": "429", "busy_since": 3.0}, "waiting", "waits for its server: 429"),
    ("ToolCall", {"phase": "calling", "busy_since": 3.0}, "running", ""),
    ("ToolCall", {"phase": "reserving", "cancelling": True}, "cancelling", ""),
    ("ToolCall", {"phase": "waiting", "cancelling": True}, "cancelling", ""),
    ("ToolStep", {"phase": "locking"}, "waiting", locks.WAITS),
    ("ToolStep", {"phase": "reserving"}, "waiting", ""),
    ("ToolStep", {"phase": "settling"}, "waiting", ""),
    ("ToolStep", {"phase": "calling"}, "running", ""),
    (
        "ToolStep",
        {"phase": "verifying", "unknown": LOST},
        "running",
        SETTLING,
    ),
    ("ToolStep", {"phase": "locking", "cancelling": True}, "cancelling", locks.WAITS),
    ("ModelCall", {"phase": "reserving"}, "waiting", ""),
    ("ModelCall", {"phase": "asking", "waits": "for 7s"}, "running", "for 7s"),
    ("ModelCall", {"phase": "in a batch"}, "waiting", ""),
    ("ModelCall", {"phase": "waiting"}, "retrying", ""),
    ("ModelCall", {"phase": "waiting", "cancelling": True}, "cancelling", ""),
    ("AgentStep", {}, "running", ""),
    ("AgentStep", {"talk": TalkMemory(turns=2, tools_text="[]")}, "running", "turn 3"),
    ("AgentStep", {"talk": TalkMemory(turns=2, tools_text=None)}, "running", ""),
    ("FlowStep", {"phase": "reserving"}, "waiting", ""),
    ("FlowStep", {"phase": "running"}, "running", ""),
    ("FlowStep", {"phase": "reserving", "cancelling": True}, "cancelling", ""),
    ("AwaitEvent", {"event": "mail"}, "waiting", "for `mail`"),
    ("AwaitEvent", {"event": "mail", "key": "ann"}, "waiting", "for `mail` from ann"),
    ("AwaitEvent", {"event": "mail", "late": True}, "running", ""),
    ("AwaitEvent", {"event": "mail", "cancelling": True}, "cancelling", "for `mail`"),
    ("AwaitFirst", {}, "waiting", ""),
    ("AwaitFirst", {"events": ["mail", "bell"]}, "waiting", "for `mail` or `bell`"),
    ("AwaitFirst", {"events": ["mail"], "taken": 0, "open": True}, "running", ""),
    ("AwaitFirst", {"events": ["mail"], "cancelling": True}, "cancelling", "for `mail`"),
    ("ExclusiveBlock", {"phase": "waiting"}, "waiting", locks.WAITS),
    ("ExclusiveBlock", {"phase": "body"}, "running", ""),
    ("ExclusiveBlock", {"phase": "waiting", "cancelling": True}, "cancelling", locks.WAITS),
    ("Try", {"phase": "body"}, "running", ""),
    ("Try", {"phase": "undoing"}, "undoing", ""),
    ("Undo", {}, "undoing", ""),
    ("Sleep", {}, "waiting", ""),
]


@pytest.mark.parametrize(("kind", "memory", "doing", "detail"), DOES)
def test_what_a_frame_does(kind: str, memory: dict[str, Any], doing: str, detail: str) -> None:
    at = frame(kind, **memory)
    assert (CONSTRUCTS[kind].doing(at), CONSTRUCTS[kind].detail(at)) == (doing, detail)


@pytest.mark.parametrize(
    ("kind", "memory", "lacks"),
    [
        ("ToolCall", {"misfits": 1, "misfit": "no"}, ""),
        ("ToolCall", {"misfits": 2, "misfit": "no"}, "waits for a worker that has it: no"),
        ("ToolCall", {"misfits": 2, "misfit": "no", "explains": True}, ""),
        ("ToolCall", {"misfits": 3, "misfit": "no", "explains": True}, "waits for a worker that has it: no"),
        ("ToolCall", {"misfits": 3, "misfit": "429", "busy_since": 1.0}, ""),
        ("ModelCall", {"unfit": 1, "lost": AWAY}, ""),
        ("ModelCall", {"unfit": 2, "lost": AWAY}, "waits for a worker that can ask its model: no key here"),
        ("ModelCall", {"unfit": 2, "lost": Failure(OVERLOADED, "busy")}, ""),
        ("ModelCall", {"unfit": 2, "lost": None}, ""),
        ("ToolStep", {}, ""),
    ],
)
def test_one_that_meets_the_wrong_worker_by_chance_lacks_none(kind: str, memory: dict[str, Any], lacks: str) -> None:
    assert CONSTRUCTS[kind].lacks_worker(frame(kind, **memory)) == lacks


def test_what_else_is_told_of_a_frame() -> None:
    call, model = CONSTRUCTS["ToolCall"], CONSTRUCTS["ModelCall"]
    assert call.buys(frame("ToolCall", tool="pay")) == ("pay", "")
    assert model.buys(frame("ModelCall", request=ChatRequest("ask", "m", "?"))) == ("ask", "m")
    assert CONSTRUCTS["ToolStep"].buys(frame("ToolStep")) is None
    assert (call.attempt(frame("ToolCall", attempt=3)), model.attempt(frame("ModelCall", attempt=2))) == (3, 2)
    assert CONSTRUCTS["ToolStep"].attempt(frame("ToolStep")) == 0
    assert CONSTRUCTS["Turn"].began(frame("Turn", began=3.0)) == 3.0
    assert CONSTRUCTS["ToolStep"].began(frame("ToolStep")) == 7.0
    assert CONSTRUCTS["AgentStep"].counts(frame("AgentStep")) is None


def test_the_questions_of_a_batch_are_counted_while_somebody_waits_for_them() -> None:
    memory = BatchMemory(questions=["a", "b", "c"], items={"x": 2, "y": 1})
    assert _questions(memory) == "3 questions"
    settled(memory, 0, "x")
    settled(memory, 1, "y")
    assert (_questions(memory), memory.questions, memory.items) == ("1 question", ["", "", "c"], {"x": 1})
    settled(memory, 2)
    settled(memory, 2, "nobody")
    assert (_questions(memory), memory.items) == ("0 questions", {"x": 1})
