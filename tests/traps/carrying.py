"""Flows with a slow tool beside a loop, and what is seen of their carriers."""

from interpreter.boundary.names import CARRIER
from tests.live.runs import LiveRun, Runs, eventually
from tests.traps.tools import calls

HEAD = """
edition 1
tool door.end(name: text, how: text) -> text EFFECT { timeout 40m errors No }
tool door.pass(name: text) -> text read { timeout 40m }
tool door.look(name: text) -> bool read
tool call.count(name: text) -> int write { compensate call.count(name: name + " undone") }
"""
LOOP = """
    branch beside {
      loop turning budget 1000 iterations {
        step open = door.look(name: name)
        until open
      }
    }
"""
BESIDE = (
    HEAD
    + """
flow main(name: text, how: text) -> text {
  try {
    parallel {
      step ended = door.end(name: name, how: how)
"""
    + LOOP
    + """
    }
    return ended
  } on error No as e {
    return "refused: " + e.message
  }
}
"""
)
UNDONE = (
    HEAD
    + """
flow main(name: text) -> text {
  step marked = call.count(name: name)
  parallel {
    step passed = door.pass(name: name)
"""
    + LOOP
    + """
  }
  return passed
}
"""
)


def beside(effect: str = "write final") -> str:
    return BESIDE.replace("EFFECT", effect)


async def continued(run: LiveRun, times: int = 1) -> None:
    now = (await run.view()).continuations.get("all", 0)
    await run.seen(lambda view: view.continuations.get("all", 0) >= now + times or None)


async def carriers(runs: Runs, run: LiveRun) -> list[str]:
    """Those that run."""
    query = f"WorkflowType = '{CARRIER}' AND WorkflowId STARTS_WITH '{run.id}/' AND ExecutionStatus = 'Running'"
    return [each.id async for each in runs.client.list_workflows(query)]


async def carrier_of(runs: Runs, run: LiveRun) -> str:
    async def look() -> str | None:
        return next(iter(await carriers(runs, run)), None)

    return await eventually(look)


async def begun(run: LiveRun, name: str) -> None:
    async def look() -> bool | None:
        return any(each.startswith(name) for each in calls) or None

    await eventually(look)


def calls_behind(name: str) -> int:
    return sum(times for each, times in calls.items() if each.startswith(name))
