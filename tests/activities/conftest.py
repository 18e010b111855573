"""Ends what the tools of these tests ran in."""

from collections.abc import Iterator

import pytest

from tests.activities.runner import RUNNER


@pytest.fixture(scope="session", autouse=True)
def _no_thread_stays() -> Iterator[None]:
    yield
    RUNNER.close()
