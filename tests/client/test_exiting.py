"""Programs that connect pause once while Python is still whole, whatever they have connected to."""

import subprocess
import sys

from interpreter.client import exiting

PROGRAM = f"""
import asyncio, time
from interpreter.client import exiting
from interpreter.client.connecting import connect_with_keys
from interpreter.encryption.keyring import NO_KEYS

real = time.sleep
time.sleep = lambda seconds: (print("paused", seconds), real(seconds))
for _ in range(3):
    try:
        asyncio.run(connect_with_keys(NO_KEYS, target_host="127.0.0.1:1"))
    except RuntimeError:
        print("nobody listens")
assert exiting.PAUSE == {exiting.PAUSE}
"""


def test_a_program_that_connected_pauses_once_at_its_end() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [*["nobody listens"] * 3, f"paused {exiting.PAUSE}"]
