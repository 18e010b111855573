"""A run case: a folder with `flow.flow`, `case.yaml` (what is outside: input, tools, agents, people) and
`expected.yaml`.

The same case runs in the simulation and on a real server. `case.yaml`:

- `input`, `requester`, `flow` (which one, when the file has several), `prices`, `config`
- `tools` and `agents`: by name, a plan or a list of plans for one call after the other. A plan: `{returns: …, takes:
  seconds}` or `{fails: Kind, message: …, takes: seconds}`; agents also `tokens: [input, output]`, `asks: [{tool:
  {argument: value}}]` for the calls of a turn, and `detail: {charge: …, retry_after: …, usage: {…}}` of a failure.
  `{by: argument, plans: {value: plan}}` chooses by an argument. In `returns`, the text `$name` stands for that
  argument.
- `batches`: a list of plans for one batch after the other, as `BatchPlan` has them; questions go as `agents` says.
- `answers`: by approval, its name or its path, a list of `{decision, by, answer, group, after}`; `refused: text` when
  it must not count.
- `tells`: a list of `{when: "kind name", text, by, step, after}`: the note, in the run or in one of a flow that it
  called, after which that run's agent is told this, or the call (`call 3 of helper`) that has begun; with `id` the same
  message comes under one id; `refused: text` when it must not be taken. A plan with `told: N` is over, on a server,
  when so many of these were given.
- `sends`: a list of `{when, event, value, key, by, after}`, events that are sent to the run where the note was seen,
  after those of `tells`; `id` and `refused` as of these, and so is `told` of a plan. What they are replied is seen.
- `cancel`: `{when: "kind name"}`, the note, in the run or in one of a flow that it called, after which the run is
  cancelled; with `called: tool`, on a server not before that has been called, which may be a workflow task later.
- `files`: texts, by a name that `{$file: name}` uses, in the input and in `returns`.
- `objects`: values behind references, by a name that `returns: {$object: name}` uses, with files too.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from dsl.analysis import analyse
from dsl.ast.node import walk
from dsl.ast.statements import Step
from dsl.definition.definition import Definition
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.expressions.values import File, Reference
from dsl.source import Source
from dsl.values.codec import dump
from dsl.values.references import shown
from interpreter.boundary.payloads import Answer, Price
from interpreter.boundary.send import Send
from interpreter.boundary.talk import AskedCall
from interpreter.boundary.tell import Tell
from interpreter.simulation.batches import BatchPlan
from interpreter.stores.kept_files import media_type_of
from tests.yaml_files import read

_WHEN_TOLD = re.compile(r", \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: ")
FOLDER = Path(__file__).parents[1] / "cases" / "runs"


@dataclass(frozen=True)
class Plan:
    """How one call goes. `kind` None: it returns; `by_worker`: that is the worker's word, and not the tool's."""

    returns: Any = None
    kind: str | None = None
    message: str = ""
    takes: float = 0.05
    tokens: tuple[int, int] = (10, 10)
    detail: dict[str, Any] = field(default_factory=dict)
    asks: tuple[AskedCall, ...] = ()
    told: int = 0
    by_worker: bool = False


@dataclass(frozen=True)
class PlannedAnswer:
    answer: Answer
    after: float
    refused: str | None


@dataclass(frozen=True)
class PlannedTell:
    when: str
    tell: Tell | Send
    after: float
    refused: str | None


@dataclass
class Case:
    name: str
    folder: Path
    data: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def definition(self) -> Definition:
        return unseal(self.sealed)

    @cached_property
    def sealed(self) -> bytes:
        source = Source(str(self.folder / "flow.flow"), (self.folder / "flow.flow").read_text())
        analysis = analyse(source)
        assert analysis.ok, [f"{problem.code} {problem.message}" for problem in analysis.diagnostics]
        return seal(analysis.facts, source, self.data.get("flow"), gates=analysis.gates, spends=analysis.spends).json

    @property
    def input(self) -> Any:
        return self._filled(self.data.get("input", {}), {})

    @property
    def expected_file(self) -> Path:
        return self.folder / "expected.yaml"

    @property
    def expected(self) -> Any:
        return read(self.expected_file)

    @cached_property
    def leaves_something(self) -> bool:
        """Whether it starts what nobody waits for."""
        nodes = (node for flow in self.definition.flows.values() for node in walk(flow))
        return any(isinstance(node, Step) and node.detached for node in nodes)

    @property
    def prices(self) -> dict[str, Price]:
        return {model: Price(**price) for model, price in self.data.get("prices", {}).items()}

    def plan(self, group: str, name: str, arguments: dict[str, Any], number: int) -> Plan:
        """The plan for call `number` (from 0) of a tool or agent."""
        plans = self.data.get(group, {})[name]
        if isinstance(plans, dict) and "by" in plans:
            plans = plans["plans"][str(arguments[plans["by"]])]
        chosen = plans[min(number, len(plans) - 1)] if isinstance(plans, list) else plans
        return Plan(
            returns=self._filled(chosen.get("returns"), arguments),
            kind=chosen.get("fails", chosen.get("says")),
            by_worker="says" in chosen,
            message=chosen.get("message", ""),
            takes=chosen.get("takes", 0.05),
            tokens=tuple(chosen.get("tokens", (10, 10))),
            detail=chosen.get("detail", {}),
            told=chosen.get("told", 0),
            asks=tuple(_asked(f"{name}-{number}-{place}", call) for place, call in enumerate(chosen.get("asks", []))),
        )

    @property
    def batches(self) -> list[BatchPlan]:
        return [BatchPlan(**plan) for plan in self.data.get("batches", [])]

    def chooses_by_argument(self, group: str, name: str) -> str | None:
        plans = self.data.get(group, {})[name]
        return plans["by"] if isinstance(plans, dict) and "by" in plans else None

    def answers(self, approval: str, id_: str) -> list[PlannedAnswer]:
        planned = self.data.get("answers", {})
        return [
            PlannedAnswer(
                Answer(
                    id=f"{approval}-{number}",
                    question="",
                    decision=given["decision"],
                    by=given.get("by", "someone"),
                    answer=given.get("answer"),
                    group=given.get("group"),
                    note=given.get("note"),
                ),
                given.get("after", 0.0),
                given.get("refused"),
            )
            for number, given in enumerate(planned.get(id_, planned.get(approval, [])))
        ]

    @property
    def is_attended(self) -> bool:
        """Whether somebody looks at it: to answer, to tell something, or to cancel it."""
        return any(self.data.get(given) for given in ("answers", "tells", "sends", "cancel"))

    @cached_property
    def tells(self) -> list[PlannedTell]:
        return [
            PlannedTell(
                told["when"],
                Tell(told.get("id", f"tell-{number}"), told["text"], told.get("by", "someone"), told.get("step")),
                told.get("after", 0.0),
                told.get("refused"),
            )
            for number, told in enumerate(self.data.get("tells", []))
        ] + [
            PlannedTell(
                sent["when"],
                Send(
                    sent.get("id", f"send-{number}"),
                    sent["event"],
                    sent.get("value"),
                    sent.get("by", "someone"),
                    sent.get("key"),
                ),
                sent.get("after", 0.0),
                sent.get("refused"),
            )
            for number, sent in enumerate(self.data.get("sends", []))
        ]

    @cached_property
    def objects(self) -> dict[str, Any]:
        """The values behind references, by hash."""
        values = [self._filled(value, {}) for value in self.data.get("objects", {}).values()]
        return {_hash(value): value for value in values}

    def _filled(self, value: Any, arguments: dict[str, Any]) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return arguments[value[1:]]
        if isinstance(value, dict) and value.keys() == {"$file"}:
            content = self.data["files"][value["$file"]].encode()
            name = value["$file"]
            return File(hashlib.sha256(content).hexdigest(), len(content), name, media_type_of(content, name))
        if isinstance(value, dict) and value.keys() == {"$object"}:
            kept = self._filled(self.data["objects"][value["$object"]], {})
            return Reference(_hash(kept), len(json.dumps(dump(kept))))
        if isinstance(value, dict):
            return {name: self._filled(item, arguments) for name, item in value.items()}
        return [self._filled(item, arguments) for item in value] if isinstance(value, list) else value


def begun(calls: list[str]) -> set[str]:
    """The calls that have begun, given their names, as `when` has them."""
    return {f"call {calls[: place + 1].count(name)} of {name}" for place, name in enumerate(calls)}


def _asked(id_: str, call: dict[str, Any]) -> AskedCall:
    """`{tool: {argument: value}}`, or a text where the model writes no JSON."""
    [(name, arguments)] = call.items()
    return AskedCall(id_, name, arguments if isinstance(arguments, str) else json.dumps(arguments))


def _hash(value: Any) -> str:
    return hashlib.sha256(stored(value)).hexdigest()


def stored(value: Any) -> bytes:
    """As it lies in the store."""
    return json.dumps(dump(value), sort_keys=True).encode()


@cache
def all_cases() -> tuple[Case, ...]:
    """The same ones for all tests of a process, so that each is checked and sealed once."""
    return tuple(
        Case(folder.name, folder, read(folder / "case.yaml") or {})
        for folder in sorted(FOLDER.iterdir())
        if (folder / "case.yaml").is_file()
    )


@dataclass
class Seen:
    """What a run came to, wherever it ran."""

    outcome: str
    result: Any
    failure: dict[str, Any] | None
    calls: list[str]
    ledger: list[str]
    trace: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    replies: dict[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value not in (None, [], {})}


def call_text(name: str, arguments: Any, key: str) -> str:
    """One call outside: its name, its arguments and the part of its key that does not depend on the run. When somebody
    has told an agent something does.
    """
    said = json.dumps(shown(arguments), sort_keys=True, ensure_ascii=False)
    return f"{name} {_WHEN_TOLD.sub(', NOW: ', said)} @{key}"
