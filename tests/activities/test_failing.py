"""What goes on record of an exception, whatever it is called, says or holds."""

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from dsl.semantics.kinds import KINDS
from interpreter.activities.errors import ToolError
from interpreter.activities.failing import MOST_DETAILS
from interpreter.activities.results import plain
from interpreter.activities.tool import tool_activity
from interpreter.activities.wording import LONGEST_MESSAGE
from interpreter.boundary.failures import NOT_REGISTERED, SIGNATURE_MISMATCH, STILL_RUNNING, UNDECLARED
from interpreter.boundary.told import MACHINE_KINDS, SDK_NOT_FOUND_TEXT, Told, heard, told_by_worker
from interpreter.worker.tools import tool, tool_of
from tests.activities.runner import RUNNER

HERE = "test_failing.py"


async def ended(function: Callable[[], Any]) -> ApplicationError:
    """How a call of `function` ends, which must be possible to record."""
    activity = tool_activity(tool_of(tool(function)), lambda *_: True, RUNNER)
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(activity, {})
    error = caught.value
    for text in (error.message, error.type or "", json.dumps(error.details, ensure_ascii=False)):
        assert "\0" not in text
        assert text.encode()
    assert error.__cause__ is None, "it would be copied to history, however long it is"
    return error


async def raised(error: BaseException) -> tuple[Told, ApplicationError]:
    def fails() -> None:
        raise error

    found = await ended(fails)
    return heard(found.type, found.message), found


class Rej(ToolError):
    pass


class NotCalled(ToolError):
    pass


class Base(BaseException):
    pass


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


class Forgetful(ToolError):
    def __init__(self) -> None:
        """Does not call the one of the class above."""


class Interrupting(Exception):
    def __str__(self) -> str:
        raise KeyboardInterrupt


class Leaving(str):
    def __str__(self) -> str:
        raise SystemExit(3)


class Renamed(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise KeyboardInterrupt


class Nameless(Exception, metaclass=Renamed):
    pass


class Closed(ExceptionGroup[Exception]):
    @property
    def exceptions(self) -> Any:
        raise SystemExit


class Kindless(ToolError):
    kind = property(lambda _: sys.exit(), lambda *_: None)  # type: ignore[assignment]


class Fields(dict[str, int]):
    def items(self) -> Any:
        raise KeyboardInterrupt


class Kind(StrEnum):
    DECLINED = "Declined"


@pytest.mark.parametrize("message", ["declined \ud83d", "declined \0", "d" * 5_000_000, "\ud83d" * 100_000])
async def test_half_a_character_in_a_declared_error(message: str) -> None:
    told, found = await raised(Rej(message, details={"k\udc00": [message, {"\0": message}]}))
    assert told == Told("Rej")
    assert found.message.startswith(("declined \\", "ddd", "\\ud83d"))
    assert len(found.message) <= LONGEST_MESSAGE
    assert len(json.dumps(found.details)) <= MOST_DETAILS + 2


@pytest.mark.parametrize(
    "details",
    [
        [["x" * 3_000] * 100] * 100,
        {f"name{i}": {f"inner{j}": "y" * 100 for j in range(100)} for i in range(100)},
        {"\ud800" * 50_000: 1},
        [[[[[[[["deep" * 50_000]]]]]]]],
    ],
)
async def test_details_of_any_size_are_cut(details: Any) -> None:
    told, found = await raised(Rej("no", details=details))
    assert told == Told("Rej")
    assert 0 < len(json.dumps(found.details)) <= MOST_DETAILS + 2


async def test_details_that_are_too_large_are_cut_at_some_depth() -> None:
    deep = [{"a": [{"b": [[["deep" * 50_000]]]}]}]
    _, found = await raised(Rej("no", details=deep))
    assert list(found.details) == [[{"a": [{"b": "…"}]}]]


class Broken:
    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        raise RuntimeError("look away")


@pytest.mark.parametrize("details", [Broken(), {"at": object()}, float("nan"), {1: 2}, 10**5000], ids=range(5))
async def test_details_that_are_no_json_do_not_hide_the_error(details: Any) -> None:
    told, found = await raised(Rej("no", details=details))
    assert told == Told("Rej")
    assert "the details cannot be recorded" in found.details[0]


def test_the_kinds_of_the_machine_are_those_of_the_language() -> None:
    assert set(KINDS) == MACHINE_KINDS


@pytest.mark.parametrize("kind", ["NotFound", "RateLimited", "Terminated"])
async def test_a_name_that_is_only_a_reason_elsewhere_is_a_tools_own(kind: str) -> None:
    assert (await raised(ToolError(kind, "no")))[0] == Told(kind)


@pytest.mark.parametrize("kind", sorted(MACHINE_KINDS))
async def test_a_kind_of_the_machine_is_never_taken_from_a_tool(kind: str) -> None:
    for error in (ToolError(kind, "no"), ApplicationError("no", type=kind), type(kind, (ToolError,), {})("no")):
        told, found = await raised(error)
        assert told == Told(UNDECLARED)
        assert f"its kind, {kind!r}, is not one that a tool can have" in found.message


@pytest.mark.parametrize(
    "kind",
    [
        told_by_worker("NotCalled"),
        told_by_worker(SIGNATURE_MISMATCH, at_work=True),
        "steadflow.",
        "two words",
        "",
        "9lives",
        "é",
        "x" * 101,
        "Rej\n",
        "\ud83d",
        "a.b",
    ],
)
async def test_nor_is_one_that_is_no_plain_name(kind: str) -> None:
    assert (await raised(ToolError(kind, "no")))[0] == Told(UNDECLARED)
    assert (await raised(ApplicationError("no", type=kind)))[0] == Told(UNDECLARED)


@pytest.mark.parametrize("kind", [None, 3, ["Rej"]])
async def test_nor_one_that_is_no_text(kind: Any) -> None:
    error = Rej("no")
    error.kind = kind
    assert (await raised(error))[0] == Told(UNDECLARED)


async def test_a_tool_cannot_say_that_it_is_not_registered() -> None:
    words = f"Activity function t for workflow w {SDK_NOT_FOUND_TEXT} a, b"
    assert heard("NotFoundError", words) == Told(NOT_REGISTERED)
    assert (await raised(ToolError("NotFoundError", words)))[0] == Told(UNDECLARED)
    assert (await raised(ToolError("NotFoundError", "no such page")))[0] == Told("NotFoundError")


async def test_an_error_of_another_workers_is_believed_as_little() -> None:
    assert heard(STILL_RUNNING) == Told(UNDECLARED)
    assert heard("TimedOut") == Told(UNDECLARED)
    assert heard(None) == Told(UNDECLARED)
    assert heard("com.shop.CardDeclined") == Told("com.shop.CardDeclined")


async def test_a_member_of_an_enumeration_is_a_kind() -> None:
    assert (await raised(ToolError(Kind.DECLINED, "no")))[0] == Told("Declined")


async def test_an_error_class_that_forgot_the_one_above_is_called_by_its_name() -> None:
    assert (await raised(Forgetful()))[0] == Told("Forgetful")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Base("no"), "Base: no"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (SystemExit(2), "SystemExit: 2"),
        (GeneratorExit(), "GeneratorExit"),
        (Mute(), "Mute: its text cannot be read: ValueError"),
        (ValueError("\ud83d\0"), "ValueError: \\ud83d\\x00"),
        (ValueError("v" * 5_000_000), "ValueError: vvv"),
        (
            ExceptionGroup("two", [ValueError("a"), KeyError("b")]),
            "ExceptionGroup: two (2 sub-exceptions); ValueError: a",
        ),
        (BaseExceptionGroup("one", [Rej("no")]), "ExceptionGroup: one (1 sub-exception); Rej: no"),
        (RecursionError("deep"), "RecursionError: deep"),
        (type("N" * 5_000, (Exception,), {})("x"), "NNN"),
        (OSError(2, "gone"), "FileNotFoundError: [Errno 2] gone"),
    ],
    ids=range(12),
)
@pytest.mark.parametrize("direct", [True, False])
async def test_class_name_as_kind(error: BaseException, message: str, direct: bool) -> None:
    """All that nobody declared is `Undeclared`, with the exception's class, its words, and the place in the file."""

    async def asynchronous() -> None:
        raise error

    def synchronous() -> None:
        raise error

    error.__traceback__ = None  # of the call before
    found = await ended(asynchronous if direct else synchronous)
    assert heard(found.type) == Told(UNDECLARED)
    assert found.message.startswith(message)
    assert f"({HERE}:" in found.message
    assert found.message.endswith(f", in {'asynchronous' if direct else 'synchronous'})")
    assert len(found.message) <= LONGEST_MESSAGE


async def test_the_place_is_in_the_authors_file_not_in_what_it_calls() -> None:
    def parses() -> None:
        json.loads("{")

    assert (await ended(parses)).message.endswith(f"{HERE}:{parses.__code__.co_firstlineno + 1}, in parses)")


@pytest.mark.parametrize(
    "error",
    [
        Interrupting(),
        ValueError(Leaving("x")),
        Nameless("x"),
        Closed("x", [ValueError()]),
        Kindless("x"),
        Interrupting(Interrupting()),
    ],
    ids=lambda error: type.__dict__["__name__"].__get__(type(error)),
)
async def test_what_breaks_when_it_is_looked_at_is_undeclared(error: BaseException) -> None:
    """Whatever it raises then, a `KeyboardInterrupt` too, neither ends the worker nor becomes a kind."""
    told, found = await raised(error)
    assert told == Told(UNDECLARED)
    assert type.__dict__["__name__"].__get__(type(error)) in found.message


async def test_details_that_break_when_they_are_looked_at_leave_the_declared_error() -> None:
    told, found = await raised(Rej("no", details=Fields(a=1)))
    assert told == Told("Rej")
    assert "cannot be recorded" in found.details[0]


async def test_a_result_that_breaks_when_it_is_looked_at_is_undeclared() -> None:
    def broken() -> Any:
        return Fields(a=1)

    found = await ended(broken)
    assert heard(found.type, found.message) == Told(UNDECLARED)
    assert "cannot be recorded: KeyboardInterrupt" in found.message


async def test_a_result_nested_too_deeply_says_so() -> None:
    def deep() -> Any:
        value: list[Any] = []
        for _ in range(5_000):
            value = [value]
        return value

    assert "nested too deeply" in (await ended(deep)).message


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (type("Markup", (str,), {})("<b>"), "<b>"),
        (type("Count", (int,), {})(3), 3),
        (type("Real", (float,), {})(0.5), 0.5),
    ],
)
def test_texts_and_numbers_of_a_librarys_own_class_are_texts_and_numbers(answer: Any, expected: Any) -> None:
    found = plain([answer])
    assert found == [expected]
    assert type(found[0]) is type(expected)  # type: ignore[index]
