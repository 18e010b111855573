"""Temporal as the rooms of `interpreter.workflow` see it, played: what they ask for stands in lists, and the test says
how it ends. What is not played here is the SDK's own.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from temporalio import workflow
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from interpreter.workflow.headers import _call as call_of_header

ROOMS = (
    *("calls", "children", "outbox", "limits", "beside", "local", "moments", "showing"),
    *("keeping", "headers", "locks", "lock", "outliving", "carriers", "carrier"),
    *("run", "driver", "definitions", "watching", "moving"),
)


class Continued(Exception):
    """A run has continued as new, with `input`; `options` is what was said besides."""

    def __init__(self, input_: Any, options: dict[str, Any]) -> None:
        super().__init__("continued as new")
        self.input = input_
        self.options = options


class Handle(asyncio.Future[Any]):
    """Of an activity. Its cancel is a request, as it is for one that is waited for until it has ended."""

    asked_to_cancel = False

    def cancel(self, msg: Any = None) -> bool:
        self.asked_to_cancel = True
        return True

    def give_up(self) -> None:
        """What the SDK does with one whose command has not been sent."""
        super().cancel()


@dataclass
class Asked:
    """One command: an activity, a child, a signal, a cancel, or a timer."""

    name: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    ends: Handle
    header: Any = None

    def end(self, result: Any = None) -> None:
        self.ends.set_result(result)

    def fail(self, error: BaseException) -> None:
        self.ends.set_exception(error)


@dataclass
class Info:
    workflow_id: str = "run"
    run_id: str = "first-run"
    first_execution_run_id: str = "first-run"
    task_timeout: timedelta = timedelta(seconds=10)
    parent: Any = None
    length: int = 10
    size: int = 100
    suggested: bool = False
    typed_search_attributes: list[Any] = field(default_factory=list)
    headers: dict[str, Any] = field(default_factory=dict)

    def is_continue_as_new_suggested(self) -> bool:
        return self.suggested

    def get_current_history_length(self) -> int:
        return self.length

    def get_current_history_size(self) -> int:
        return self.size


@dataclass
class Played:
    logger = logging.getLogger("played")
    info_: Info = field(default_factory=Info)
    now: float = 100.0
    asked: list[Asked] = field(default_factory=list)
    handles: list[Handle] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    memos: list[dict[str, Any]] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    memo_: dict[str, Any] = field(default_factory=dict)
    is_over: bool = False
    functions: dict[str, Any] = field(default_factory=dict)
    handling: bool = False
    reason: str | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(workflow, name)

    def patched(self, id_: str) -> bool:
        return True

    def extern_functions(self) -> dict[str, Any]:
        return self.functions

    def all_handlers_finished(self) -> bool:
        return not self.handling

    def cancellation_reason(self) -> str | None:
        return self.reason

    def info(self) -> Info:
        return self.info_

    def time(self) -> float:
        return self.now

    def set_current_details(self, details: str) -> None:
        self.details.append(details)

    def upsert_memo(self, memo: dict[str, Any]) -> None:
        self.memos.append(memo)

    def memo_value(self, name: str, default: Any) -> Any:
        return self.memo_.get(name, default)

    def memo(self) -> dict[str, Any]:
        return self.memo_

    def upsert_search_attributes(self, updates: list[Any]) -> None:
        self.attributes.append({update.key.name: update.value for update in updates})

    def payload_converter(self) -> Any:
        return DataConverter.default.payload_converter

    def _ask(self, name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Handle:
        arguments = (*arguments, *options.pop("args", ()))
        asked = Asked(name, arguments, options, self.handle(), call_of_header.get())
        self.asked.append(asked)
        return asked.ends

    def start_activity(self, name: str, *arguments: Any, **options: Any) -> Handle:
        return self._ask(name, arguments, options)

    def start_local_activity(self, name: str, *arguments: Any, **options: Any) -> Handle:
        return self._ask(f"local {name}", arguments, options)

    async def execute_activity(self, name: str, *arguments: Any, **options: Any) -> Any:
        return await self._ask(name, arguments, options)

    async def execute_local_activity(self, name: str, *arguments: Any, **options: Any) -> Any:
        return await self._ask(f"local {name}", arguments, options)

    async def start_child_workflow(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Ends with a handle for the child's end (`child` makes one), or with a failure to start."""
        return await self._ask(f"child {name}", arguments, options)

    def get_external_workflow_handle(self, workflow_id: str) -> Any:
        async def signal(name: str, *payload: Any, args: Sequence[Any] = ()) -> None:
            await self._ask(f"signal {name}", (workflow_id, *payload, *args), {})

        async def cancel() -> None:
            await self._ask("cancel", (workflow_id,), {})

        return SimpleNamespace(signal=signal, cancel=cancel)

    async def sleep(self, wait: Any, *, summary: str = "") -> None:
        await self._ask("timer", (wait,), {"summary": summary})

    async def wait_condition(self, condition: Callable[[], bool], *, timeout: Any = None) -> None:  # noqa: ASYNC109
        """The end of the timeout is asked for as `time is up`."""
        over = None if timeout is None or condition() else self._ask("time is up", (timeout,), {})
        while not condition():
            if self.is_over:
                raise RuntimeError("the test is over")  # a run takes a cancel for an event, and would go on
            if over is not None and over.done():
                raise TimeoutError
            await asyncio.sleep(0)
        if over is not None:
            self.asked = [asked for asked in self.asked if asked.ends is not over]

    def continue_as_new(self, input_: Any, **options: Any) -> None:
        raise Continued(input_, options)

    def take(self, name: str) -> Asked:
        """The first that was asked for under this name, which it is no more."""
        found = next(asked for asked in self.asked if asked.name == name)
        self.asked.remove(found)
        return found

    def handle(self) -> Handle:
        """Of something whose end the test decides."""
        self.handles.append(Handle())
        if self.is_over:
            self.handles[-1].give_up()
        return self.handles[-1]

    def over(self) -> None:
        """The test is over, and nothing is waited for."""
        self.is_over = True
        for handle in self.handles:
            handle.give_up()

    @property
    def names(self) -> list[str]:
        return [asked.name for asked in self.asked]


def gone() -> ApplicationError:
    """How the server answers a signal or a cancel to a run that has ended."""
    return ApplicationError("Unable to signal external workflow because it was not found", type="NotFound")


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)
