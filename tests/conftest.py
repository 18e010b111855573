"""What all tests share: bytecode, and golden files, which `pytest --rewrite` writes anew. Read the change before it is
committed.

Where the environment forbids to write bytecode, each of some two hundred processes that tests start would compile all
of our modules, half of what it takes to start; so it is kept in a folder of its own, below `.steadflow`.
"""

import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

Golden = Callable[[Path, str], None]
BYTECODE = Path(__file__).parents[1] / ".steadflow" / "bytecode"

if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

os.environ["STEADFLOW_NO_CACHE"] = "1"  # what was said of a file by the code of yesterday is no test of today's

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a shell's background jobs: ours would inherit it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write golden files anew instead of comparing with them")


def pytest_sessionstart() -> None:
    """Nobody loads again what earlier tests wrote into folders that come and go."""
    shutil.rmtree(BYTECODE / Path(tempfile.gettempdir()).relative_to("/"), ignore_errors=True)


def pytest_collection_finish() -> None:
    """Fourteen thousand tests and what they import stay to the end: to look through them for garbage again and again
    would be an eighth of the whole time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a file, or write the file when asked to."""
    rewrite = bool(request.config.getoption("--rewrite"))

    def compare(file: Path, text: str) -> None:
        if rewrite:
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file.name} differs; `pytest --rewrite` writes it anew"

    return compare
