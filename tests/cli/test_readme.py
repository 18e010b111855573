"""The program in README.md runs as it is pasted: in an empty folder, with nothing around it."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.live.server import local_server

README = (ROOT / "README.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def run(program: str, folder: Path, **environment: str) -> list[str]:
    (folder / "support.py").write_text(program, encoding="utf-8")
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), **environment}
    ended = subprocess.run(
        [sys.executable, "support.py"], cwd=folder, env=bare, capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


@pytest.mark.timeout(150)
def test_readme_example_does_nothing(tmp_path: Path) -> None:
    printed = run(PROGRAM, tmp_path)
    assert "asked support/opening" in printed
    assert printed[-1] == "opened T-1"
    assert f"`{printed[-1]}`" in README


@pytest.mark.slow
@pytest.mark.timeout(150)
async def test_it_does_so_on_a_server_that_is_there(tmp_path: Path) -> None:
    elsewhere = PROGRAM.replace('connect(state_dir="state")', "connect()")
    assert elsewhere != PROGRAM
    async with local_server() as server:
        address = server.client.service_client.config.target_host
        printed = await asyncio.to_thread(run, elsewhere, tmp_path, TEMPORAL_ADDRESS=address)
    assert printed[-1] == "opened T-1"
