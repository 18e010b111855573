"""A tool that a request carries out, as the function of a tool: what each end of it says about its effect.

Nothing happened where the request never left, where the server takes no calls for now (429, 503), and where it refused
(another status from 400 to 499, or one that the tool declares). It did happen where the server says so (200 to 299),
whether or not its answer can be read. Of all else nobody knows: another status, a connection that broke, a time that
is over. How long a server that takes none is waited for is the interpreter's to decide; here is only told what it says.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from temporalio import activity

from dsl.ast.declarations import Http, NextPage, ToolDeclaration
from dsl.ast.types import Type
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import evaluate
from dsl.expressions.names import names
from dsl.expressions.text import render
from dsl.expressions.values import Value
from dsl.values.addresses import address_of
from dsl.values.headers import value_problem
from dsl.values.validate import converting
from interpreter.activities.context import CALL
from interpreter.activities.errors import ToolError
from interpreter.activities.said_by_worker import SaidByWorker
from interpreter.activities.wording import one_line
from interpreter.boundary.failures import HTTP_REFUSED, NOT_CALLED, SERVER_UNAVAILABLE, TIMED_OUT, UNDECLARED
from interpreter.boundary.numbers import LONGEST_WAIT
from interpreter.boundary.payloads import JSON
from interpreter.http.answers import beginning, json_of, link_of, value_of
from interpreter.http.errors import AnswerLost, NotSent, UnfitAnswer, Unreachable
from interpreter.http.hidden import Hidden
from interpreter.http.redirects import MOST_REDIRECTS, REDIRECTS, Elsewhere, elsewhere_on_the_same, redirected
from interpreter.http.request import Request, request_of
from interpreter.http.sending import LARGEST_ANSWER, Answer, Progress, Sender
from interpreter.mcp.errors import Unusable
from interpreter.providers.call_id import CALL_ID_HEADER

CONNECT_WITHIN = 10.0
_BUSY = (429, 503)
_GATEWAY = (502, 504)
"""Said by what stands before a server, which may be at work still."""

Credentials = Callable[[str], Mapping[str, str]]
"""The headers that a credential of this worker stands for. Raises `Unusable`."""


@dataclass(frozen=True, eq=False)
class RequestFunction:
    """`types` are those that the declaration names."""

    declaration: ToolDeclaration
    http: Http
    types: Mapping[str, Type]
    sender: Sender
    credentials: Credentials

    async def __call__(self, **arguments: Value) -> JSON:
        progress = Progress()
        try:
            secrets = self._secrets()
            scope = {"key": CALL.get().key} | arguments
            hidden = Hidden(secrets.values())
            asking = _Asking(self, secrets, hidden, progress)
            found = await (asking.once(scope) if self.http.next is None else asking.pages(scope, self.http.next))
            return hidden.in_value(found)
        except NotSent as error:
            raise SaidByWorker(NOT_CALLED, f"`{self.declaration.name}` was not called: {error}") from None
        except Unusable as error:
            raise SaidByWorker(SERVER_UNAVAILABLE, f"{self.host}: {error}") from None
        except Unreachable as error:
            raise SaidByWorker(SERVER_UNAVAILABLE, f"{self.host} cannot be reached: {error}") from None
        except AnswerLost as error:
            raise SaidByWorker(UNDECLARED, f"{self.host}: {error}", at_work=True) from None
        except UnfitAnswer as error:
            raise SaidByWorker(UNDECLARED, f"the answer of {self.host} does not fit: {error}") from None
        except asyncio.CancelledError:
            raise self._given_up(progress) from None

    @property
    def host(self) -> str:
        return address_of(self.http.url).origin.host

    def _secrets(self) -> Mapping[str, str]:
        found = {} if self.http.auth is None else self.credentials(self.http.auth)
        for name, value in found.items():
            if value_problem(value) is not None or value_problem(name) is not None:
                raise Unusable(f"the credential `{self.http.auth}` has what no header can hold")
        return found

    def _given_up(self, progress: Progress) -> SaidByWorker:
        if not progress.left:
            return SaidByWorker(SERVER_UNAVAILABLE, f"{self.host} was not reached in time")
        stopping = activity.is_worker_shutdown() or activity.cancellation_details() is not None
        kind = UNDECLARED if stopping else TIMED_OUT
        words = "the request was given up" if stopping else "timed out"
        return SaidByWorker(kind, f"{words}; {self.host} may be at work still", at_work=True)


@dataclass(frozen=True, eq=False)
class _Asking:
    """The requests of one call."""

    function: RequestFunction
    secrets: Mapping[str, str]
    hidden: Hidden
    progress: Progress

    async def once(self, scope: Mapping[str, Value]) -> JSON:
        function = self.function
        async with function.sender.connected() as pool:
            answer = await self._answer(pool, request_of(function.http, scope, function.types))
        return value_of(answer, function.declaration.returns, function.types)

    async def pages(self, scope: Mapping[str, Value], next_: NextPage) -> JSON:
        """The items of all pages. A request that reads `page` is made again with it, any other goes where it says."""
        function, items = self.function, list[JSON]()
        http, types = function.http, function.types
        by_name = "page" in _read(http)
        page: Value = None
        async with function.sender.connected() as pool:
            request, size, known = request_of(http, {**scope, "page": None}, types), 0, set[tuple[Request, bytes]]()
            for _ in range(next_.at_most):
                answer = await self._answer(pool, request)
                if (request, answer.body) in known:
                    raise UnfitAnswer("its pages go round: the same page came twice for the same request")
                known.add((request, answer.body))
                size += len(answer.body)
                if size > LARGEST_ANSWER:
                    raise UnfitAnswer(f"its pages have more than {LARGEST_ANSWER // 1024 // 1024} MB together")
                found = json_of(answer)
                items += _list(found if next_.items is None else _said(next_.items, {"result": found}, types))
                page = _said(next_.value, {"result": found, "link": link_of(answer.headers)}, types)
                if page is None or page == "":
                    return items
                if by_name:
                    request = request_of(http, {**scope, "page": render(page)}, types)
                else:
                    request = _following(request, page)
        raise UnfitAnswer(f"there are more than {next_.at_most} pages")

    async def _answer(self, pool: Any, request: Request) -> Answer:
        """Of this host alone, and with a status that says that it is done."""
        for redirects in range(MOST_REDIRECTS + 1):
            answer = await self._sent(pool, request)
            answer = replace(answer, body=self.hidden.in_bytes(answer.body))
            following = self._redirected(request, answer)
            if following is None:
                self._judge(answer)
                return answer
            if redirects == MOST_REDIRECTS:
                raise self._refused(answer, f"sends the request on more than {MOST_REDIRECTS} times")
            request = following
        raise AssertionError("it ends with an answer or an error")

    def _redirected(self, request: Request, answer: Answer) -> Request | None:
        try:
            return redirected(request, answer) if answer.status in REDIRECTS else None
        except Elsewhere as error:
            raise self._refused(answer, f"sends the request on {error}, which is not declared") from None

    async def _sent(self, pool: Any, request: Request) -> Answer:
        function, named = self.function, {name.lower() for name, _ in request.headers}
        returns = function.declaration.returns
        own = {
            "Accept": "*/*" if returns is None else "application/json, text/*;q=0.5",
            "Accept-Encoding": "identity",
            "User-Agent": "steadflow",
            CALL_ID_HEADER: CALL.get().headers[CALL_ID_HEADER],
        }
        added = (*((name, value) for name, value in own.items() if name.lower() not in named), *self.secrets.items())
        whole = replace(request, headers=(*request.headers, *added))
        return await function.sender.ask(pool, whole, _connect_within(), self.progress)

    def _judge(self, answer: Answer) -> None:
        """Raises what a status says that is none of success."""
        status, function = answer.status, self.function
        if 200 <= status < 300:
            return
        for told in function.http.told:
            if told.status == status:
                raise ToolError(told.kind, self._words(answer), details=_details(answer))
        if status in _BUSY:
            wait = _wait(answer.headers)
            raise SaidByWorker(SERVER_UNAVAILABLE, self._words(answer), None if wait is None else {"retry_after": wait})
        if 400 <= status < 500:
            raise self._refused(answer)
        raise SaidByWorker(UNDECLARED, self._words(answer), _details(answer), at_work=status in _GATEWAY)

    def _refused(self, answer: Answer, words: str = "") -> SaidByWorker:
        said = f"{self.function.host} {words}" if words else self._words(answer)
        return SaidByWorker(HTTP_REFUSED, said, _details(answer))

    def _words(self, answer: Answer) -> str:
        said = beginning(answer)
        return f"{self.function.host} answered {answer.status}" + (f": {one_line(said)}" if said else "")


def _read(http: Http) -> frozenset[str]:
    values = (http.url, http.query, http.body, *(header.value for header in http.headers))
    return frozenset(name for value in values if value is not None for name in names(value))


def _said(expression: Any, scope: Mapping[str, Value], types: Mapping[str, Type]) -> Value:
    try:
        return evaluate(expression, scope, converting(CONSTANT, types))
    except EvaluationError as error:
        raise UnfitAnswer(f"a page is not as it was declared: {error.message}") from None


def _list(found: Value) -> Sequence[Any]:
    if not isinstance(found, list):
        raise UnfitAnswer("a page has no list of items where they are declared")
    return found


def _following(request: Request, page: Value) -> Request:
    if not isinstance(page, str):
        raise UnfitAnswer("the next page is no address, and no part of the request reads `page`")
    try:
        return elsewhere_on_the_same(request, page)
    except Elsewhere as error:
        raise UnfitAnswer(f"the next page leads {error}") from None


def _details(answer: Answer) -> JSON:
    return {"status": answer.status, "body": beginning(answer, 2_000)}


def _wait(headers: Mapping[str, str]) -> float | None:
    """How many seconds the server asks to wait, a year at most, which nobody waits; None where it does not say, or not
    so that it can be.
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        digits = said.lstrip("0")
        return min(float(digits or 0), LONGEST_WAIT) if len(digits) < 12 else LONGEST_WAIT
    try:
        moment = parsedate_to_datetime(said)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return min(max(0.0, moment.timestamp() - time.time()), LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


def _connect_within() -> float:
    timeout = activity.info().start_to_close_timeout
    return CONNECT_WITHIN if timeout is None else min(timeout.total_seconds() / 2, CONNECT_WITHIN)
