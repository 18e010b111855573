"""References of what goes out and of what comes in: beside the data, as `dsl.values.references` parts them.

Inside the machine a reference is an object of its own. Only what our own code wrote beside the data makes one: the
header of a call, the metadata of our worker's answer, the field of a payload between two runs.
"""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue

from dsl.expressions.json_reading import exact
from dsl.expressions.wire import to_wire
from dsl.values.references import joined, parted
from interpreter.boundary.batches import BatchRequest
from interpreter.boundary.names import REFERENCES, UNSEEN
from interpreter.boundary.payloads import ChatRequest, ChildReport

_JSON = frozenset({type(None), bool, int, float, Decimal, str, list, dict})


def request_parted(request: ChatRequest) -> ChatRequest:
    """A request to a model as it travels."""
    talk = request.talk
    if talk is None:
        (prompt, instructions, files), references = parted([request.prompt, request.instructions, request.files])
        return replace(request, prompt=prompt, instructions=instructions, references=references, files=files)
    # An opening is a text of ours: it has no references.
    (prompt, instructions, _, _, messages, files), references = parted(
        [request.prompt, request.instructions, talk.head, talk.preamble, to_wire(talk.messages), request.files]
    )
    # Head and preamble are the references alone: what stands in their place would be said twice.
    talk = replace(talk, head=None, preamble=None, messages=messages)
    return replace(request, prompt=prompt, instructions=instructions, talk=talk, references=references, files=files)


def batch_parted(request: BatchRequest) -> BatchRequest:
    """Questions of a batch as they travel."""
    return replace(request, requests=[request_parted(each) for each in request.requests])


def result_of(answer: RawValue) -> Any:
    """What a tool answered, fractions with all their digits. What is not JSON, or has a key twice, raises."""
    payload = answer.payload
    if payload.metadata.get("encoding") == b"json/plain":
        data = exact(payload.data)
    else:
        data = workflow.payload_converter().from_payload(payload)
    if type(data) not in _JSON:
        raise TypeError(f"it is of the encoding {payload.metadata.get('encoding', b'').decode(errors='replace')}")
    beside = payload.metadata.get(REFERENCES)
    return data if beside is None else joined(data, json.loads(beside))


def is_unseen(answer: RawValue) -> bool:
    """Whether part of it lies in the store, and was not held against the declared type: as the answer itself says, so
    no history needs a mark of it. One of `workflow.patched`, in a task with local work and an update, was seen to make
    histories that cannot be replayed (temporalio 1.35).
    """
    return UNSEEN in answer.payload.metadata


def report_joined(report: ChildReport) -> ChildReport:
    """What a child handed back, its value with references again."""
    if report.result is None or not report.result.references:
        return report
    result = report.result
    return replace(report, result=replace(result, value=joined(result.value, result.references), references=[]))
