"""References of what goes out and of what comes in: beside the data, as `dsl.values.references` parts them.

Inside the machine a reference is an object of its own. Only what our own code wrote beside the data makes one: the
header of a call, the metadata of our worker's answer, the field of a payload between two runs.
"""

import json
from dataclasses import replace
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue

from dsl.values.references import joined, parted
from interpreter.boundary.names import REFERENCES
from interpreter.boundary.payloads import ChatRequest, ChildReport


def request_parted(request: ChatRequest) -> ChatRequest:
    """A request to a model as it travels."""
    (prompt, instructions), references = parted([request.prompt, request.instructions])
    return replace(request, prompt=prompt, instructions=instructions, references=references)


def result_of(answer: RawValue) -> Any:
    """What a tool answered. Raises whatever the payload's converter does with what is not JSON."""
    payload = answer.payload
    data = workflow.payload_converter().from_payload(payload)
    beside = payload.metadata.get(REFERENCES)
    return data if beside is None else joined(data, json.loads(beside))


def report_joined(report: ChildReport) -> ChildReport:
    """What a child handed back, its value with references again."""
    if report.result is None or not report.result.references:
        return report
    result = report.result
    return replace(report, result=replace(result, value=joined(result.value, result.references), references=[]))
