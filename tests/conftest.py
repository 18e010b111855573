"""What all tests share: golden files, which `pytest --rewrite` writes anew. Read the change before it is committed."""

from collections.abc import Callable
from pathlib import Path

import pytest

Golden = Callable[[Path, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write golden files anew instead of comparing with them")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a file, or write the file when asked to."""
    rewrite = bool(request.config.getoption("--rewrite"))

    def compare(file: Path, text: str) -> None:
        if rewrite:
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file.name} differs; `pytest --rewrite` writes it anew"

    return compare
