"""A question as people read it: what is asked, what it is about, what it opens, who may answer and until when."""

import json
import shlex
import time
from datetime import UTC, datetime

from dsl.diagnostics.inert import inert, inert_json
from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import QuestionView, VoteView
from interpreter.cli.shown_values import value_lines
from interpreter.cli.spans import duration_text

SHORT = 12
"""Characters of a digest that people type."""

REHEARSED = "[rehearsal: no model was asked] "
STAGED = "[staged: nothing is written] "

_THEN = {
    "ask": "then the next stage is asked",
    "approve": "then it counts as approved",
    "reject": "then it counts as rejected",
    "fail": "then the flow fails",
}


def question_lines(question: QuestionView, now: float | None = None) -> list[str]:
    """All that somebody must see before answering. What comes from data makes no line of its own."""
    now = time.time() if now is None else now
    mark = (REHEARSED if question.rehearsal else "") + (STAGED if question.staged else "")
    lines = [f"{mark}{question.name}: {inert(question.question)}"]
    for shown in question.shown:
        lines += [f"  {line}" for line in value_lines(inert(shown.name), shown.value)]
    lines += [f"  opens   {inert(gate)}" for gate in question.gates]
    lines.append(f"  from    {whom_text(question)}")
    lines.append(f"  until   {deadline_text(question, now)}")
    lines += [f"  {'agreed' if vote.counts else 'before'}  {vote_text(vote)}" for vote in question.votes]
    if question.proposal is not None:
        digest = f" (proposal {question.proposal_digest[:SHORT]})" if question.proposal_digest else ""
        lines.append(f"  answer  {inert_json(json.dumps(question.proposal, ensure_ascii=False))}{digest}")
    return lines


def vote_text(vote: VoteView) -> str:
    """`unverified ann for leads at 14:05:10: as agreed`; a vote that does not count any more says for what it was."""
    standing = f"(key {vote.key})" if vote.standing == "verified" else ""
    for_ = f"for {inert(vote.group)}" if vote.group is not None else ""
    at = datetime.fromtimestamp(vote.at, UTC).astimezone().strftime("at %H:%M:%S")
    given = f"with {inert_json(json.dumps(vote.answer, ensure_ascii=False))}" if vote.answer is not None else ""
    stage = "" if vote.counts else f"(stage {vote.stage}, does not count now)"
    words = [vote.standing if vote.standing != "verified" else "", inert(vote.by), standing, for_, at, given, stage]
    return " ".join(filter(None, words)) + (f": {inert(vote.note)}" if vote.note else "")


def whom_text(question: QuestionView) -> str:
    groups = inert(", ".join(question.whom))
    if question.all_of:
        text = f"one of each: {groups}"
    elif question.required > 1:
        text = f"{question.required} of {groups}"
    else:
        text = groups
    text += ", but not who requested the run" if question.except_requester else ""
    return f"{text}; only signed answers count" if question.verified else text


def deadline_text(question: QuestionView, now: float) -> str:
    moment = datetime.fromtimestamp(question.deadline, UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")
    left = question.deadline - now
    stage = f", stage {question.stage} of {question.stages}" if question.stages > 1 else ""
    ahead = f"in {duration_text(left)}" if left > 0 else "now"
    return f"{moment} ({ahead}{stage}), {_THEN.get(question.then, question.then)}"


def how_to_answer(run: str, question: QuestionView, *, only: bool, server: str = "") -> list[str]:
    """The commands that answer it. `server`: the options that say where the run is, as they were typed."""
    which = _typed(run) if only else f"{_typed(run)} {_typed(question.id)}"
    answer = "".join(f" --answer {inert(name)}=…" for name in answer_fields(question.answer_schema))
    groups = question.groups
    group = f" --group {_typed(groups[0]) if len(groups) == 1 else 'GROUP'}" if groups else ""
    key = (" --key FILE" if question.verified else "") + server
    lines = [f"dsl approve {which}{answer}{group}{key}", f"dsl reject {which}{group} --note WHY{key}"]
    if question.proposal is not None and question.proposal_digest is not None:
        lines.insert(0, f"dsl approve {which} --proposal {question.proposal_digest[:SHORT]}{group}{key}")
    return lines


def _typed(word: str) -> str:
    """As it is typed in a shell."""
    return shlex.quote(inert(word))


def answer_fields(schema: JSON) -> dict[str, JSON]:
    """The fields that an answer has, by name, as they are declared, with the JSON Schema of each; names of types are
    looked up.
    """
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
