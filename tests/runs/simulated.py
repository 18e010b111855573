"""Runs a case in the simulation."""

from collections import Counter, defaultdict
from dataclasses import replace
from functools import partial
from typing import Any

from interpreter.boundary.payloads import Answer, ChatRequest
from interpreter.boundary.send import Send
from interpreter.core.commands import CallTool
from interpreter.core.snapshot import decode
from interpreter.simulation.batches import Batches
from interpreter.simulation.simulation import SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.runs import conversations
from tests.runs.case import Case, Plan, PlannedTell, Seen, begun, call_text


class Simulated:
    def __init__(self, case: Case, switches: Switches) -> None:
        self.case = case
        self.numbers: dict[str, int] = defaultdict(int)
        self.world = World(
            tools=dict.fromkeys(case.data.get("tools", {}), self._tool),
            agents=dict.fromkeys(case.data.get("agents", {}), self._agent),
            objects=dict(case.objects),  # the run adds its own
            batches=Batches(case.batches),
        )
        self.simulation = Simulation(case.definition, self.world, switches)
        self.answered: set[tuple[str, str]] = set()
        self.told: set[int] = set()
        self.refusals: list[str] = []
        self.cancelled = False

    @property
    def continuations(self) -> Counter[str]:
        return self.simulation.continuations

    def run(self) -> Seen:
        case = self.case
        run = self.simulation.run(
            case.input, requester=case.data.get("requester"), prices=case.prices, config=case.data.get("config")
        )
        self.simulation.go(lambda: self._people(run))
        self._people(run)
        self.simulation.go(lambda: self._people(run))
        assert run.finish is not None, f"the run stopped: {run.state.pending}"
        assert not run.state.frames
        failure = decode(run.finish.failure) if run.finish.failure else None
        return Seen(
            outcome=run.finish.outcome,
            result=conversations.simulated(self.world, run.finish.value),
            failure={"kind": failure.kind, "message": failure.message, "path": failure.path} if failure else None,
            calls=[call_text(c.name, c.arguments, c.key.removeprefix("run/")) for c in self.world.calls],
            ledger=[f"{entry.state} {entry.path}" for entry in run.state.ledger.values()],
            trace=[f"{note.kind} {note.path}" for note in run.state.notes],
            refusals=self.refusals,
            replies={id_: reply.value for id_, reply in run.state.replies.items()},
        )

    def _people(self, run: SimulatedRun) -> bool:
        """Give the planned answers to questions that have opened, and the planned cancel; never stops the clock."""
        for active in (run, *_descendants(run)):
            for question in list(active.state.questions.values()):
                if (active.state.key_base, question.id) not in self.answered:
                    self.answered.add((active.state.key_base, question.id))
                    self._answer_later(active, question.id)
            self._tell_later(active)
        when = self.case.data.get("cancel", {}).get("when")
        notes = [f"{note.kind} {note.name}" for each in (run, *_descendants(run)) for note in each.state.notes]
        if when in notes and not self.cancelled:
            self.cancelled = True
            self.simulation.at(self.simulation.now, run.cancel)
        return False

    def _answer_later(self, run: SimulatedRun, question: str) -> None:
        for planned in self.case.answers(run.state.questions[question].name, question):
            answer = Answer(**vars(planned.answer) | {"question": question, "id": f"{question}-{planned.answer.id}"})
            give = partial(self._give, run, answer, planned.refused)
            self.simulation.at(self.simulation.now + planned.after, give)

    def _give(self, run: SimulatedRun, answer: Answer, refused: str | None) -> None:
        before = len(run.replies)
        run.answer(answer if refused is not None else replace(answer, **self._seen(run, answer)))
        reply = run.replies[before] if len(run.replies) > before else None
        if reply is not None and not reply.accepted:
            self.refusals.append(reply.message)
        assert reply is None or reply.accepted == (refused is None), reply

    def _tell_later(self, run: SimulatedRun) -> None:
        notes = {f"{note.kind} {note.name}" for note in run.state.notes} | begun([c.name for c in self.world.calls])
        for number, planned in enumerate(self.case.tells):
            if planned.when in notes and number not in self.told:
                self.told.add(number)
                self.simulation.at(self.simulation.now + planned.after, partial(self._tell, run, planned))

    def _tell(self, run: SimulatedRun, planned: PlannedTell) -> None:
        before = len(run.replies)
        if isinstance(planned.tell, Send):
            run.send(planned.tell)
        else:
            run.tell(planned.tell)
        reply = run.replies[before]
        if not reply.accepted:
            self.refusals.append(reply.message)
        assert reply.accepted == (planned.refused is None), reply

    def _seen(self, run: SimulatedRun, answer: Answer) -> dict[str, Any]:
        """What somebody saw who answers now: the proposal, and the only group that is asked, when it is one."""
        question = run.state.questions.get(answer.question)
        if question is None:
            return {}
        groups = question.current.groups
        group = answer.group or (groups[0] if len(groups) == 1 else None)
        return {"group": group, "proposal": question.proposal_digest if answer.answer is None else None}

    def _tool(self, command: CallTool) -> Planned:
        plan = self._plan("tools", command.tool, command.arguments)
        if plan.kind is not None:
            details = (plan.detail,) if plan.by_worker and plan.detail else ()
            return Fails(plan.kind, plan.message, seconds=plan.takes, details=details)
        return Returns(plan.returns, plan.takes)

    def _agent(self, request: ChatRequest) -> Planned:
        plan = self._plan("agents", request.agent, {"prompt": request.prompt})
        if plan.kind is not None:
            return Fails(plan.kind, plan.message, seconds=plan.takes, details=(plan.detail,))
        return Returns(plan.returns, plan.takes, *plan.tokens, calls=plan.asks)

    def _plan(self, group: str, name: str, arguments: dict[str, Any]) -> Plan:
        chooser = self.case.chooses_by_argument(group, name)
        counter = f"{group}/{name}/{arguments[chooser]}" if chooser else f"{group}/{name}"
        number = self.numbers[counter]
        self.numbers[counter] += 1
        return self.case.plan(group, name, arguments, number)


def _descendants(run: SimulatedRun) -> list[SimulatedRun]:
    return [one for child in run.children.values() for one in (child, *_descendants(child))]
