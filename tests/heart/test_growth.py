"""Work grows with what there is to do, not with its square; and no event works for long."""

import sys
from collections import Counter
from types import FrameType
from typing import Any

import pytest

from interpreter.core.machine import MOST_WORK, WORK_OF_A_TASK, Machine
from interpreter.simulation.simulation import START, Simulation
from interpreter.simulation.world import Fails, Returns, World
from tests.heart.watched import definition_of

DECLARATIONS = """\
edition 1

tool t.read(x: text) -> text read
tool t.bad(x: text) -> text read { errors Bad }
tool t.write(x: text) -> { id: text } write keyed { compensate t.undo(x: result.id) }
tool t.undo(x: text) idempotent
agent ask(x: text) -> text { model "m" prompt "{{ x }}" }

"""
HEAD = "flow main(n: [text] at most 9000)"
FLOWS = {
    "branches": f"{HEAD} {{ parallel for i in n {{ step t.read(x: i) }} }}",
    "rounds": f"{HEAD} {{ for i in n {{ step t.read(x: i) }} }}",
    "undos": f'{HEAD} {{ for i in n {{ step t.write(x: i) }} fail "x" }}',
    "tries": f"{HEAD} {{ for i in n {{ step t.write(x: i) try {{ step t.bad(x: i) }} on error {{ }} }} }}",
    "waiting for money": f"{HEAD} budget 12k tokens {{ parallel for i in n as r keep going {{ step ask(x: i) }} }}",
    "cancelled": (
        f"{HEAD} {{ parallel {{ branch a {{ parallel for i in n {{ step t.read(x: i) }} }} step t.bad(x: n[0]) }} }}"
    ),
}
QUICK = ("branches", "undos")


def simulated(flow: str, input_: Any) -> Simulation:
    definition = definition_of(DECLARATIONS + flow)
    assert definition is not None
    answers = {"t.read": Returns("r"), "t.bad": Fails("Bad"), "t.write": Returns({"id": "1"}), "t.undo": Returns()}
    tools = {name: lambda command, planned=planned: planned for name, planned in answers.items()}
    agents = {"ask": lambda request: Returns({"value": "a"}, 0.5, 20, 400)}
    simulation = Simulation(definition, World(tools, agents))  # type: ignore[arg-type]
    run = simulation.run(input_)
    simulation.go()
    assert run.finish is not None
    return simulation


def work_of(flow: str, size: int) -> int:
    """How many instructions of the heart a run executes: a measure that no busy machine disturbs."""
    counted: Counter[str] = Counter()

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if "interpreter/core" not in frame.f_code.co_filename:
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        counted[event] += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        simulated(flow, {"n": [str(number) for number in range(size)]})
    finally:
        sys.settrace(before)
    return counted["opcode"]


@pytest.mark.parametrize(
    "name", [each if each in QUICK else pytest.param(each, marks=pytest.mark.slow) for each in FLOWS]
)
def test_work_grows_with_the_size(name: str) -> None:
    small, large = work_of(FLOWS[name], 25), work_of(FLOWS[name], 100)
    assert small > 25_000
    assert large < 4.4 * small


def test_long_list_gets_slower() -> None:
    """It does not: an item costs about the same in a list of four times as many, however many go side by side."""
    flow = f"{HEAD} {{ parallel for i in n up to 50 as r {{ step x = t.read(x: i) yield x }} }}"
    small, large = work_of(flow, 60), work_of(flow, 240)
    assert small > 50_000
    assert large < 4.4 * small


@pytest.mark.slow
def test_a_loop_that_only_passes_time_pauses() -> None:
    flow = "flow main() { var n = 0 loop budget 10s { set n = n + 1 until n < 0 } on exhausted { return } }"
    simulation = simulated(flow, {})
    assert START + 10 <= simulation.now < START + 11


def test_thousands_of_branches_that_call_nothing_hold_few_frames_and_little_of_each_event() -> None:
    flow = (
        "flow main() -> int { parallel for i in range(8000) at most 9000 as r { let a = i + 1 yield a } return len(r) }"
    )
    frames, tasks = simulated_work(flow, {})
    assert max(frames) < 1_000
    assert max(tasks) <= MOST_WORK // WORK_OF_A_TASK + 1
    assert len(tasks) > 8000 * 6 * WORK_OF_A_TASK // MOST_WORK


def test_what_is_evaluated_counts_as_work() -> None:
    rounds = "for i in range(200) at most 200 { let n = len([j for j in range(4000) if j > i]) }"
    _, tasks = simulated_work(f"flow main() {{ {rounds} }}", {})
    assert len(tasks) > 20


def simulated_work(flow: str, input_: Any) -> tuple[list[int], list[int]]:
    """For each event: the frames that there are, and the tasks that were done."""
    definition = definition_of(DECLARATIONS + flow)
    assert definition is not None
    frames: list[int] = []
    tasks: list[int] = []
    drained = Machine._drain

    def drain(machine: Machine) -> None:
        drained(machine)
        tasks.append(machine.tasks)

    simulation = Simulation(
        definition, World(), watch=lambda run, event, commands: frames.append(len(run.state.frames))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Machine, "_drain", drain)
        run = simulation.run(input_)
        simulation.go()
    assert run.finish is not None
    assert run.finish.outcome == "completed"
    return frames, tasks


def test_rounds_that_call_nothing_are_spread_over_events() -> None:
    flow = "flow main() { var n = 0 for i in range(0, 4500) at most 5000 { set n = i } }"
    definition = definition_of(DECLARATIONS + flow)
    assert definition is not None
    events: list[object] = []
    simulation = Simulation(definition, World(), watch=lambda run, event, commands: events.append(event))
    simulation.run({})
    simulation.go()
    tasks = 4500 * 4  # of an iteration: it and its statement are entered, and end
    assert len(events) >= tasks * WORK_OF_A_TASK // MOST_WORK
