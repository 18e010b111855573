"""Runs chosen tests of one file with pytest, within this process, and says which failed and how long each took."""

import os
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

Switch = Callable[[str], None]
LONGEST = 45
"""Seconds that one test may take, on a machine with other work."""
QUIET = (
    *(
        "-q",
        "--no-header",
        "--no-summary",
        "--tb=short",
        f"--timeout={LONGEST}",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # its plugins are loaded already
)


@dataclass(eq=False)
class Session:
    """A plugin of pytest that chooses, measures, and tells whoever measures coverage what happens now."""

    only: frozenset[str] | None = None
    switch: Switch | None = None
    """Told the id of a test, or "" while something is done for all tests of the file."""
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    collected: float = 0.0
    problem: str = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.only is not None:
            items[:] = [item for item in items if item.nodeid in self.only]

    def pytest_sessionstart(self) -> None:
        self._switch("")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_collection(self) -> Generator[None, None, None]:
        begun = time.process_time()
        yield
        self.collected = time.process_time() - begun

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, None, None]:
        begun = time.monotonic()
        self._switch(item.nodeid)
        yield
        self.seconds[item.nodeid] = time.monotonic() - begun

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Generator[None, None, None]:
        shared = fixturedef.scope != "function"
        if shared:
            self._switch("")
        yield
        if shared:
            self._switch(
                request.node.nodeid
                if isinstance(request.node, pytest.Item)
                else os.environ["PYTEST_CURRENT_TEST"].rsplit(" ", 1)[0]
            )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)
            self.problem = self.problem or report.longreprtext

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)
            self.problem = self.problem or report.longreprtext

    def _switch(self, context: str) -> None:
        if self.switch is not None:
            self.switch(context)


def run(file: Path, session: Session, scratch: Path, *more: str) -> int:
    """What pytest ends with: 0 when all passed, 1 when one failed, 5 when none was there. What it raises at its end is
    a failure, too: something was left open.
    """
    try:
        return int(pytest.main([str(file), *QUIET, f"--basetemp={scratch}", *more], plugins=[session]))
    except BaseExceptionGroup as left_open:
        session.failed.append(f"{file.name}, at its end")
        session.problem = session.problem or str(left_open)
        return 1
