"""A question as people read it: what is asked, what it is about, what it opens, who may answer and until when."""

import json
import time
from datetime import UTC, datetime

from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import QuestionView
from interpreter.cli.spans import duration_text

SHORT = 12
"""Characters of a digest that people type."""

_THEN = {
    "ask": "then the next stage is asked",
    "approve": "then it counts as approved",
    "reject": "then it counts as rejected",
    "fail": "then the flow fails",
}


def question_lines(question: QuestionView, now: float | None = None) -> list[str]:
    """All that somebody must see before answering."""
    now = time.time() if now is None else now
    lines = [f"{question.name}: {question.question}"]
    lines += [f"  {shown.name} = {indented(shown.value)}" for shown in question.shown]
    lines += [f"  opens   {gate}" for gate in question.gates]
    lines.append(f"  from    {whom_text(question)}")
    lines.append(f"  until   {deadline_text(question, now)}")
    if question.votes:
        lines.append(f"  agreed  {', '.join(question.votes)}")
    if question.proposal is not None:
        digest = f" (proposal {question.proposal_digest[:SHORT]})" if question.proposal_digest else ""
        lines.append(f"  answer  {json.dumps(question.proposal, ensure_ascii=False)}{digest}")
    return lines


def whom_text(question: QuestionView) -> str:
    groups = ", ".join(question.whom)
    if question.all_of:
        text = f"one of each: {groups}"
    elif question.required > 1:
        text = f"{question.required} of {groups}"
    else:
        text = groups
    return f"{text}, but not who requested the run" if question.except_requester else text


def deadline_text(question: QuestionView, now: float) -> str:
    moment = datetime.fromtimestamp(question.deadline, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    left = question.deadline - now
    stage = f", stage {question.stage} of {question.stages}" if question.stages > 1 else ""
    ahead = f"in {duration_text(left)}" if left > 0 else "now"
    return f"{moment} ({ahead}{stage}), {_THEN.get(question.then, question.then)}"


def asked_groups(question: QuestionView) -> list[str]:
    """Those of `whom` that are no persons."""
    return [name for name in question.whom if not name.startswith("person ")]


def how_to_answer(run: str, question: QuestionView, *, only: bool) -> list[str]:
    """The commands that answer it."""
    which = run if only else f"{run} {question.id}"
    answer = "".join(f" --answer {name}=…" for name in answer_fields(question.answer_schema))
    groups = asked_groups(question)
    group = f" --group {groups[0] if len(groups) == 1 else 'GROUP'}" if groups else ""
    lines = [f"dsl approve {which}{answer}{group}", f"dsl reject {which}{group} --note WHY"]
    if question.proposal is not None and question.proposal_digest is not None:
        lines.insert(0, f"dsl approve {which} --proposal {question.proposal_digest[:SHORT]}{group}")
    return lines


def answer_fields(schema: JSON) -> dict[str, JSON]:
    """The fields that an answer has, by name, with the JSON Schema of each; names of types are looked up."""
    if not isinstance(schema, dict):
        return {}
    named = schema.get("$defs", {})
    return {name: _looked_up(field, named) for name, field in schema.get("properties", {}).items()}


def _looked_up(schema: JSON, named: dict[str, JSON]) -> JSON:
    """`schema` without `$ref` at its top, or in the options of its top."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _looked_up(named.get(str(schema["$ref"]).rsplit("/", 1)[-1], {}), named)
    if "anyOf" in schema:
        options = [_looked_up(option, named) for option in schema["anyOf"]]
        beside = {key: value for key, value in schema.items() if key != "anyOf"}
        return {**options[0], **beside} if len(options) == 1 else {**beside, "anyOf": options}
    return schema


def indented(value: JSON) -> str:
    """JSON: short ones on one line, long ones below."""
    short = json.dumps(value, ensure_ascii=False)
    if len(short) <= 80:
        return short
    return json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n    ")
