"""Batches of the OpenAI API: a file of questions goes up, a batch is made of it, and files of answers come back.

A batch is made with the digest of its key as metadata. Who does not know whether one was made looks among the latest
for that before another is made, so no question is asked twice. What came back for a question is read as the body of an
answer is, and one that failed fails as it would have alone.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from interpreter.boundary import failures
from interpreter.boundary.batches import BatchAnswer, BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.providers.access import Access
from interpreter.providers.keyless import keyless
from interpreter.providers.openai_answers import result
from interpreter.providers.openai_client import refusal_in
from interpreter.providers.openai_failures import failure_of
from interpreter.providers.openai_reading import Answer, Damaged, ToldError
from interpreter.providers.openai_responses import Responded
from interpreter.providers.provider import ProviderFailure

KEY = "steadflow"
"""The name in a batch's metadata."""
MOST_BYTES = 1_000_000
"""Of answers that one reply has; one answer may have more."""
MOST_SEEN = 1000
"""Batches that are looked through for a key: the latest."""
UNKNOWN = ChatUsage(-1, -1)
"""A usage that cannot be believed: what was reserved is charged."""

_WAITING = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
_ENDS = {
    "expired": (failures.BATCH_EXPIRED, "the batch expired before this was answered"),
    "cancelled": (failures.BATCH_CANCELLED, "the batch was cancelled before this was answered"),
}
_CODES = {"batch_expired": failures.BATCH_EXPIRED, "batch_cancelled": failures.BATCH_CANCELLED}

Data = dict[str, Any]


class OpenAIBatches:
    """`client` is the library's, `access` says which of the two APIs the questions go to."""

    def __init__(self, client: Any, access: Access) -> None:
        self._client = client
        self._access = access

    async def submit(self, request: BatchRequest, bodies: Iterable[tuple[int, Data]]) -> BatchReply:
        """`bodies` are what each question sends, with its place."""
        if request.attempt > 1:
            made = await self._found(request.key)
            if made is not None:
                return BatchReply(made.id)
        path = "/v1/responses" if self._access.api == "responses" else "/v1/chat/completions"
        lines = (
            json.dumps({"custom_id": str(place), "method": "POST", "url": path, "body": body}) for place, body in bodies
        )
        content = "".join(f"{line}\n" for line in lines).encode()
        file = await self._client.files.create(file=("questions.jsonl", content), purpose="batch")
        batch = await self._client.batches.create(
            input_file_id=file.id, endpoint=path, completion_window="24h", metadata={KEY: _digest(request.key)}
        )
        return BatchReply(batch.id)

    async def look(self, request: BatchRequest) -> BatchReply:
        batch = await self._client.batches.retrieve(request.batch)
        if batch.status in _WAITING:
            counts = batch.request_counts
            return BatchReply(batch.id, counts=f"{counts.completed} of {counts.total}" if counts else "")
        if batch.status == "failed":
            return BatchReply(batch.id, over=True, kind=failures.INVALID_REQUEST, message=self._why(batch))
        lines = [line for file in (batch.output_file_id, batch.error_file_id) for line in await self._lines(file)]
        answers: list[BatchAnswer] = []
        size, place = 0, request.after
        while place < len(lines) and size < MOST_BYTES:
            size += len(lines[place])
            answer = self._answer(request.model, lines[place])
            answers += [answer] if answer is not None else []
            place += 1
        kind, message = _ENDS.get(batch.status, ("", ""))
        more = place if place < len(lines) else None
        return BatchReply(batch.id, over=True, answers=answers, more=more, kind=kind, message=message)

    async def cancel(self, request: BatchRequest) -> BatchReply:
        made = None if request.batch else await self._found(request.key)
        batch = request.batch or (made.id if made is not None else "")
        if batch:
            try:
                await self._client.batches.cancel(batch)
            except Exception as error:
                # It was over already.
                refusal = refusal_in(error)
                if refusal is None or refusal.status_code not in (400, 404, 409):
                    raise
        return BatchReply(batch, over=True)

    async def _found(self, key: str) -> Any:
        seen, digest = 0, _digest(key)
        async for batch in self._client.batches.list(limit=100):
            told: Any = batch.metadata
            if told and told.get(KEY) == digest:
                return batch
            seen += 1
            if seen >= MOST_SEEN:
                break
        return None

    async def _lines(self, file: str | None) -> list[str]:
        if not file:
            return []
        content = await self._client.files.content(file)
        return [line for line in content.content.decode().split("\n") if line.strip()]

    def _answer(self, model: str, line: str) -> BatchAnswer | None:
        """None for a line of which nobody can say what it answers."""
        try:
            told = json.loads(line)
            place = int(told["custom_id"])
        except (ValueError, TypeError, KeyError):
            return None
        try:
            return BatchAnswer(place, self._result(model, told))
        except ProviderFailure as failure:
            words = self._access.without_key(failure.message)
            return BatchAnswer(place, None, failure.kind, words, failure.detail)

    def _result(self, model: str, told: Data) -> ChatResult:
        """Raises `ProviderFailure`."""
        bare = ChatRequest("", model, "")
        response: Any = told.get("response")
        error: Any = told.get("error")
        code = str(error.get("code")) if type(error) is dict else ""
        if code in _CODES:
            raise ProviderFailure(_CODES[code], str(error.get("message") or code), charge="none")
        body = response.get("body") if type(response) is dict else None
        status = response.get("status_code") if type(response) is dict else None
        try:
            if status != 200:
                said = body.get("error") if type(body) is dict else None
                said = said if type(said) is dict else error if type(error) is dict else {"message": str(said or error)}
                raise ToldError({**said, "status": str(status or 500)}, begun=False)
            answer = Responded() if self._access.api == "responses" else Answer()
            answer.take(body)
        except (ToldError, Damaged) as problem:
            failure = failure_of(problem, bare, self._access)
            assert failure is not None
            raise failure from None
        answer.complete = True
        came = result(bare, answer)
        came.usage = answer.usage or UNKNOWN
        return keyless(ChatResult(None, came.usage, came.response_model, text=answer.text), self._access)

    def _why(self, batch: Any) -> str:
        told = getattr(batch.errors, "data", None) or []
        said = "; ".join(str(each.message) for each in told[:3]) or "it does not say why"
        return self._access.without_key(f"the provider does not take the batch: {said}")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
