"""A tool that an MCP server carries out, as the function of a tool.

Whether the call went out decides what its end means. Before that nothing has happened: a server that is not there is
waited for like a worker that is not there, and one that offers something else than was pinned ends the step. After it
only an answer is believed: a server that dies, a connection that breaks, an answer that does not fit leave the outcome
unknown, and so does what the server calls an error, unless the declaration says what its words mean.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from temporalio import activity

from dsl.ast.declarations import Served, ToolDeclaration
from dsl.ast.types import Type
from dsl.expressions.values import Value
from dsl.values.patterns import has_match
from interpreter.activities.context import CALL
from interpreter.activities.errors import ToolError
from interpreter.activities.said_by_worker import SaidByWorker
from interpreter.activities.wording import short
from interpreter.boundary.failures import NOT_CALLED, SERVER_UNAVAILABLE, TIMED_OUT, TOOL_CHANGED, UNDECLARED
from interpreter.boundary.payloads import JSON
from interpreter.mcp.answers import Misfit, text_of, value_of
from interpreter.mcp.arguments import for_resource, for_tool
from interpreter.mcp.errors import AnswerLost, ServerSaysNo, ServerUnavailable, ToolChanged, Unusable
from interpreter.mcp.pins import Pin
from interpreter.mcp.schemas import Checked
from interpreter.mcp.sending import Sending
from interpreter.mcp.server import Server
from interpreter.mcp.servers import Servers

LONGEST_START = 60.0
"""Seconds that a call waits for a server that starts, at most half of its own time: the rest is for the call."""
META = "steadflow/"
"""What each call brings beside its arguments: the idempotency key and the attempt."""


@dataclass(frozen=True, eq=False)
class ServedFunction:
    """`types` are those that the declaration names."""

    declaration: ToolDeclaration
    served: Served
    types: Mapping[str, Type]
    pin: Pin
    servers: Servers

    async def __call__(self, **arguments: Value) -> JSON:
        request, sending = self._request(arguments), Sending()
        server = Server.of(self.served)
        try:
            answer = await self.servers.ask(server, self.pin, request, _patience(), sending)
        except (ServerUnavailable, Unusable) as error:
            raise SaidByWorker(SERVER_UNAVAILABLE, f"the server `{server.name}`: {error}") from None
        except ToolChanged as error:
            details = {"server": server.name, "name": self.pin.key, "diff": short(error.diff, 20_000)}
            raise SaidByWorker(TOOL_CHANGED, f"{error.message} (`dsl lock` pins it anew)", details) from None
        except AnswerLost as error:
            raise SaidByWorker(UNDECLARED, f"the server `{server.name}`: {error}", at_work=error.at_work) from None
        except ServerSaysNo as error:
            raise self._error(f"MCP error {error.code}: {error.message}") from None
        except asyncio.CancelledError:
            raise self._given_up(sending) from None
        return self._value(answer)

    # -- before

    def _request(self, arguments: Mapping[str, Value]) -> tuple[str, dict[str, JSON]]:
        meta = {f"{META}key": CALL.get().key, f"{META}attempt": CALL.get().attempt}
        if self.served.resource is not None:
            return "resources/read", {"uri": for_resource(self.served.resource, arguments), "_meta": meta}
        given = for_tool(arguments, self.pin.input_schema)
        problems = self._input.problems(given)
        if problems:
            raise SaidByWorker(NOT_CALLED, f"the server takes other arguments: {'; '.join(problems)}")
        return "tools/call", {"name": self.pin.key, "arguments": given, "_meta": meta}

    @cached_property
    def _input(self) -> Checked:
        return Checked(self.pin.input_schema)

    @cached_property
    def _output(self) -> Checked | None:
        return None if self.pin.output_schema is None else Checked(self.pin.output_schema)

    # -- after

    def _value(self, answer: Mapping[str, JSON]) -> Any:
        parts = "content" if self.served.resource is None else "contents"
        if answer.get("isError"):
            try:
                raise self._error(text_of(answer, parts) or "it says nothing of what went wrong")
            except Misfit as misfit:
                raise self._error(str(misfit)) from None
        if self.served.resource is None and "content" not in answer:
            raise self._unfit(f"it asks for more before it goes on ({answer.get('resultType')}), which no run can give")
        try:
            structured = answer.get("structuredContent")
            if self._output is not None:
                if structured is None:
                    raise Misfit("there is no structured content, which its schema promises")
                if problems := self._output.problems(structured):
                    raise Misfit("; ".join(problems))
            return value_of(answer, self.declaration.returns, self.types, parts)
        except Misfit as misfit:
            raise self._unfit(str(misfit)) from None

    def _unfit(self, reason: str) -> SaidByWorker:
        return SaidByWorker(UNDECLARED, f"the answer of the server `{self.served.server}` does not fit: {reason}")

    def _error(self, words: str) -> Exception:
        for told in self.served.told:
            if has_match(told.pattern, words):
                return ToolError(told.kind, short(words))
        if self.served.otherwise is not None:
            return ToolError(self.served.otherwise, short(words))
        return SaidByWorker(UNDECLARED, f"the server `{self.served.server}` says: {words}")

    def _given_up(self, sending: Sending) -> SaidByWorker:
        """Nobody waits for the call any more. The server was told so, and may go on all the same."""
        name = self.served.server
        if not sending.begun:
            return SaidByWorker(SERVER_UNAVAILABLE, f"the server `{name}` was not ready in time")
        stopping = activity.is_worker_shutdown() or activity.cancellation_details() is not None
        kind = UNDECLARED if stopping else TIMED_OUT
        words = "the call was given up" if stopping else "timed out"
        return SaidByWorker(kind, f"{words}; the server `{name}` may be at work still", at_work=True)


def _patience() -> float:
    timeout = activity.info().start_to_close_timeout
    return LONGEST_START if timeout is None else min(timeout.total_seconds() / 2, LONGEST_START)
