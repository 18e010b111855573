"""Long lists on a real server: no cliff where a list begins to be kept elsewhere, and no event that works for long."""

import logging

import pytest

from tests.live.runs import Runs

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADD = """
edition 1
type R { n: int, pad: text }
flow main(rs: [R] at most 10000) -> int budget 1h {
  var t = 0
  for r in rs { set t = t + r.n }
  return t
}
"""
EACH = """
edition 1
type R { n: int, pad: text }
flow main(rs: [R] at most 10000) -> int budget 1h {
  parallel for r in rs as each { yield r.n }
  return sum(each)
}
"""
EMPTY = """
edition 1
flow main() -> int budget 1h {
  parallel for i in range(20000) at most 100000 as r { yield i }
  return len(r)
}
"""
NESTED = """
edition 1
flow main() -> int budget 1h {
  parallel for i in range(100) at most 100 as r { for j in range(200) at most 200 { let b = i + j } yield i }
  return 200 * len(r)
}
"""


@pytest.mark.slow
@pytest.mark.parametrize("flow", [ADD, EACH], ids=["for", "parallel for"])
async def test_cliff_at_the_size_of_a_reference(runs: Runs, flow: str) -> None:
    """Events in proportion to the rounds, about as for one in memory."""

    def records(number: int) -> list[dict[str, object]]:
        return [{"n": n, "pad": "x" * 110} for n in range(number)]

    events = {}
    for number in (450, 1200, 3600):
        run = await runs.start(flow, {"rs": records(number)})
        assert await run.value() == sum(range(number))
        events[number] = len(await run.events())
    assert events[1200] <= events[450] + 12
    assert events[3600] <= 3.5 * events[1200]


@pytest.mark.slow
@pytest.mark.parametrize("flow", [EMPTY, NESTED], ids=["empty", "nested"])
async def test_parallel_for_without_a_call(runs: Runs, flow: str, caplog: pytest.LogCaptureFixture) -> None:
    """Never taken for hung."""
    with caplog.at_level(logging.WARNING):
        run = await runs.start(flow)
        assert await run.value() == 20_000
    assert not [record for record in caplog.records if "deadlock" in record.getMessage().lower()]
