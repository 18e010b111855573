"""`--answers FILE`: who answers what, decided before the run. For demos and tests.

A mapping from the name of an approval to one answer, or to several that are used in their order:

    refund:
      - { decision: approve, by: ada, answer: { amount: 25, note: as agreed } }
      - { decision: approve, by: bob }

Who is asked for more of a budget is answered under `more`, whichever budget it is:

    more: { decision: approve, by: ada, answer: { tokens: 5000 } }
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import yaml

from interpreter.boundary.payloads import JSON
from interpreter.boundary.view import QuestionView
from interpreter.cli.problem import Misuse
from interpreter.cli.reading import read_text, travelling
from interpreter.client.errors import did_you_mean
from interpreter.identity.strict_yaml import StrictLoader

MORE = "more"
"""What questions for more of a budget are answered under: their own names count those of one budget (`more#2`)."""


@dataclass(frozen=True)
class ScriptedAnswer:
    """One answer, as written in the file. Without `by` it is the user of the operating system."""

    decision: Literal["approve", "reject"]
    by: str | None = None
    answer: JSON = None
    group: str | None = None
    note: str | None = None


@dataclass
class Script:
    """The answers that are left. An answer is used once."""

    answers: dict[str, list[ScriptedAnswer]]

    def take(self, question: QuestionView) -> list[ScriptedAnswer]:
        """As many of the next answers to this question as it takes: one for each person that must agree."""
        name = MORE if question.name.startswith(f"{MORE}#") else question.name
        waiting = self.answers.get(name, [])
        count = max(1, len(question.whom) if question.all_of else question.required)
        taken, self.answers[name] = waiting[:count], waiting[count:]
        return taken

    def refuse_unknown(self, approvals: Sequence[str]) -> None:
        """An answer to what the flow never asks is a slip of the pen."""
        unknown = [name for name in self.answers if name not in approvals]
        if unknown:
            hints = "; ".join(f"there is no approval `{name}`{did_you_mean(name, approvals)}" for name in unknown)
            raise Misuse(f"the answers do not fit the flow: {hints}")


def read_script(path: Path) -> Script:
    try:
        data = yaml.load(read_text(path), Loader=StrictLoader)
    except yaml.YAMLError as error:
        raise Misuse(f"{path} is not YAML: {_where(error)}") from error
    if not isinstance(data, Mapping):
        raise Misuse(f"{path} must map names of approvals to answers")
    return Script({str(name): list(_answers(path, str(name), value)) for name, value in data.items()})


def _answers(path: Path, name: str, value: Any) -> Iterable[ScriptedAnswer]:
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, Mapping) or item.get("decision") not in ("approve", "reject"):
            raise Misuse(f"{path}: {name}: an answer needs `decision: approve` or `decision: reject`")
        known = [part.name for part in fields(ScriptedAnswer)]
        for key in item:
            if key not in known:
                raise Misuse(f"{path}: {name}: unknown key {key}{did_you_mean(str(key), known)}")
        yield ScriptedAnswer(**travelling(dict(item)))


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else problem
