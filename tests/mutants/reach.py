"""Which tests reach which lines, and how long they take: measured once for each file of tests, and kept.

What is kept of a file is good as long as nothing that it loaded or read has changed.
"""

import functools
import gc
import hashlib
import pickle
import sys
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import coverage
from coverage.collector import Collector

from tests.mutants.forked import in_fork
from tests.mutants.mutations import Mutation
from tests.mutants.sessions import Session, Switch, run

LONGEST = 900.0
"""Seconds that all tests of one file may take while they are watched."""
OURS = ("dsl", "interpreter")
REMEMBERING = ("dsl.definition", "dsl.values", "interpreter")
"""What is remembered elsewhere is the grammar, which takes long to load."""


@dataclass(frozen=True)
class Reached:
    """By the tests of one file. The lines of a source are the bits of a number."""

    tests: dict[str, float]
    """Those that pass, and the seconds that each takes."""
    loading: float
    lines: dict[str, dict[str, int]]
    """By source, and by test; those of "" are reached before the tests begin, or for several of them."""
    read: dict[str, str]
    """What it depends on, and the hash of that."""

    def by(self, mutation: Mutation) -> list[str]:
        """The tests that reach what was mutated."""
        by_test = self.lines.get(mutation.file, {})
        if mutation.at_import:
            return [test for test in self.tests if test in by_test] or (list(self.tests) if by_test else [])
        wanted = sum(1 << line for line in range(mutation.line, mutation.last_line + 1))
        if by_test.get("", 0) & wanted:
            return list(self.tests)
        return [test for test in self.tests if by_test.get(test, 0) & wanted]


def reach(file: Path, root: Path, kept: Path, scratch: Path) -> tuple[Reached, bool]:
    """What the tests of `file` reach, and whether that had to be measured."""
    place = kept / f"{hashlib.sha256(str(file.relative_to(root)).encode()).hexdigest()[:16]}.pickle"
    known = _known(place, root)
    if known is not None:
        return known, False
    measured = in_fork(lambda: _measure(file, root, scratch), scratch / "said", cpu=LONGEST, wall=LONGEST)
    assert isinstance(measured, Reached)
    kept.mkdir(parents=True, exist_ok=True)
    new = place.with_suffix(".new")
    new.write_bytes(pickle.dumps(measured))
    new.replace(place)
    return measured, True


def _known(place: Path, root: Path) -> Reached | None:
    try:
        known = pickle.loads(place.read_bytes())
    except (FileNotFoundError, pickle.UnpicklingError, EOFError, AttributeError):
        return None
    assert isinstance(known, Reached)
    return known if all(_hash(root / each) == hash_ for each, hash_ in known.read.items()) else None


def _hash(path: Path) -> str:
    """Of a file by its content, of a folder by the names in it."""
    if path.is_dir():
        content = "\n".join(sorted(each.name for each in path.iterdir() if each.name != "__pycache__")).encode()
    elif path.is_file():
        content = path.read_bytes()
    else:
        return ""
    return hashlib.sha256(content).hexdigest()


def _measure(file: Path, root: Path, scratch: Path) -> Reached:
    opened = _Opened(root)
    sys.addaudithook(opened.note)
    lines = _Lines()
    measured = coverage.Coverage(data_file=None, config_file=False, include=[f"{root / each}/*" for each in OURS])
    measured.start()
    collector = measured._collector
    collector.covdata = lines  # its own way to keep contexts takes ten times as long as all tests
    session = Session(switch=_switch_for(collector))
    code = run(file, session, scratch / "t")
    assert code in (0, 1, 5), f"{file}: pytest ended with {code}"
    collector.flush_data()
    measured.stop()
    tests = {test: seconds for test, seconds in session.seconds.items() if test not in session.failed}
    loaded = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    read = opened.paths | {Path(each) for each in loaded if each}
    return Reached(tests, session.collected, lines.by_source(root), _hashes(read, root))


@dataclass
class _Lines:
    """What `coverage` asks of whatever keeps its data."""

    context: str = ""
    found: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def set_context(self, context: str | None) -> None:
        self.context = context or ""

    def add_lines(self, lines: dict[str, Collection[int]]) -> None:
        for source, numbers in lines.items():
            self.found[source][self.context] |= reduce(or_, (1 << number for number in numbers))

    def add_file_tracers(self, tracers: dict[str, str]) -> None:
        assert not tracers

    def by_source(self, root: Path) -> dict[str, dict[str, int]]:
        return {Path(source).relative_to(root).as_posix(): dict(by_test) for source, by_test in self.found.items()}


def _switch_for(collector: Collector) -> Switch:
    caches: list[Any] = []
    loaded = 0

    def switch(context: str) -> None:
        """What is remembered from another test would not be reached by this one."""
        nonlocal loaded
        if context:
            if loaded != len(sys.modules):
                caches[:], loaded = _caches(), len(sys.modules)
            for each in caches:
                each.cache_clear()
        collector.switch_context(context)

    return switch


def _caches() -> list[Any]:
    return [
        each
        for each in gc.get_objects()
        if type(each) is functools._lru_cache_wrapper and each.__module__.startswith(REMEMBERING)
    ]


def _hashes(paths: Iterable[Path], root: Path) -> dict[str, str]:
    inside = sorted({path for path in paths if path.is_relative_to(root)})
    relative = [path.relative_to(root) for path in inside]
    return {
        each.as_posix(): _hash(root / each)
        for each in relative
        if "__pycache__" not in each.parts and not each.as_posix().startswith((".", "tests/mutants/"))
    }


@dataclass
class _Opened:
    """The files and folders of the repository that are opened."""

    root: Path
    paths: set[Path] = field(default_factory=set)
    _within: threading.local = field(default_factory=threading.local)

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in ("open", "os.scandir", "os.listdir") or not isinstance(arguments[0], str):
            return
        path = Path(arguments[0])
        path = path if path.is_absolute() else self.root / path
        if path.is_relative_to(self.root):
            self.paths.add(path)
