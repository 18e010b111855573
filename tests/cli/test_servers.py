"""Runs whose tools MCP servers carry out, on the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Dsl
from tests.mcp.planned import DECLARED, planned

FLOW = f"edition 1\n{DECLARED}\nflow waits() -> text {{ step w = p.wait() return w }}\n"


def test_a_run_does_not_start_with_what_is_not_pinned(dsl: Dsl, tmp_path: Path) -> None:
    server = planned(tmp_path)
    server.lock.unlink()
    server.flow.write_text(FLOW)
    ended = dsl("run", server.flow)
    assert (ended.code, ended.out) == (4, "")
    assert "`p.wait`: the tool `hang` of the server `p` is not pinned in" in ended.err
    assert "`dsl lock` on the flow writes" in ended.err


@pytest.mark.slow
def test_who_comes_back_to_a_run_has_its_servers_again(dsl: Dsl, tmp_path: Path) -> None:
    dsl.environment["STEADFLOW_TEST_TOKEN"] = "t"
    server = planned(tmp_path)
    server.flow.write_text(FLOW)
    left = dsl.start("run", server.flow, "--id", "waits-1")
    left.until("started  p.wait")
    left.while_waiting_for(lambda: server.calls("hang"))
    left.interrupt()
    assert left.end().code == 130
    (tmp_path / "may_live").touch()
    ended = dsl("attach", "waits-1")
    assert (ended.code, ended.json) == (0, "{}"), ended.err
