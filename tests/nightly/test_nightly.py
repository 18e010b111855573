"""A night goes on whatever becomes of its parts, and its page and its end say what became of each."""

import re
import sys
from pathlib import Path

import pytest

from tests.nightly.page import page, sound
from tests.nightly.parts import Done, Lengths, Part, numbers_of, parts, run, second_python, version_of


def python(name: str, code: str, **more: object) -> Part:
    return Part(name, ((sys.executable, "-c", code),), **more)  # type: ignore[arg-type]


def night(folder: Path, *planned: Part, longest: float = 30.0) -> list[Done]:
    return [run(part, folder, folder, longest) for part in planned]


def test_a_part_that_fails_stops_no_other(tmp_path: Path) -> None:
    done = night(
        tmp_path,
        python("first", "print('one')"),
        python("second", "print('two'); raise SystemExit(3)"),
        Part("third", (("no-such-program-anywhere",),)),
        Part("fourth", (), lacks="no other Python"),
        python("fifth", "print('five')"),
    )
    assert [each.verdict for each in done] == ["passed", "failed", "failed", "not found", "passed"]
    assert not sound(done)
    written = page("Nightly", done)
    assert "**Not sound: second (failed), third (failed), fourth (not found).**" in written
    assert "| fourth | **not found** | 0:00 | no other Python |" in written
    assert "    two" in written
    assert "cannot be run" in written


def test_a_night_without_a_fault_is_sound(tmp_path: Path) -> None:
    done = night(tmp_path, python("first", "print('one')"))
    assert sound(done)
    assert "Everything passed." in page("Nightly", done)


def test_a_part_that_hangs_is_ended(tmp_path: Path) -> None:
    (done,) = night(tmp_path, python("slow", "import time; print('began', flush=True); time.sleep(600)"), longest=1.0)
    assert done.verdict == "too long"
    assert done.end == ("began",)


def test_of_several_commands_the_first_that_fails_is_the_last(tmp_path: Path) -> None:
    part = Part("two", tuple((sys.executable, "-c", code) for code in ("raise SystemExit(1)", "print('never')")))
    (done,) = night(tmp_path, part)
    assert (done.verdict, done.end) == ("failed", ())


def test_what_a_part_says_makes_no_layout(tmp_path: Path) -> None:
    (done,) = night(tmp_path, python("loud", r"print('# head \x1b[31m red'); print('| a |')"))
    assert "\n    # head  [31m red\n    | a |\n" in page("Nightly", [done])


def test_tests_are_counted_from_their_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="1200" failures="2" errors="0" skipped="3"/></testsuites>')
    assert numbers_of(report) == "1,200 tests, 2 failures, 3 skipped"
    report.write_text("<testsuites>")
    assert numbers_of(report) == "its report cannot be read"
    assert numbers_of(tmp_path / "none.xml") == ""


def test_all_parts_are_there_with_their_lengths(tmp_path: Path) -> None:
    planned = parts(tmp_path, tmp_path, Lengths(7, 20, 3), "no-such-python")
    assert [part.name for part in planned] == [
        *("lint", "tests", "site", "slow tests", "long tests", "explore", "soak", "bench", "mutants", "second Python")
    ]
    said = {part.name: part.commands[0] for part in planned if part.commands}
    assert said["soak"] == ("make", "soak", "MINUTES=7")
    assert said["mutants"] == ("make", "mutants", "MINUTES=7", "SAMPLE=20", "SEED=3")
    assert "no-such-python" in planned[-1].lacks


def test_at_night_no_test_is_skipped_for_what_is_not_installed(tmp_path: Path) -> None:
    """What tests ask the environment for, read from the tests themselves."""
    (slow,) = (part for part in parts(tmp_path, tmp_path, Lengths(), None) if part.name == "slow tests")
    asked = {
        name
        for path in Path(__file__).parents[1].rglob("*.py")
        for name in re.findall(r"environ\.get\(\"(STEADFLOW_NEEDS_\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert asked == {name for name, _ in slow.environment}


@pytest.mark.parametrize("wanted", [None, "python9"])
def test_the_same_version_again_is_no_second_one(tmp_path: Path, wanted: str | None) -> None:
    part = second_python(tmp_path, tmp_path, wanted, lambda name: sys.executable)
    assert part.commands == ()
    assert f"no other version than {version_of(sys.executable)}" in part.lacks


def test_a_second_python_gets_an_environment_of_its_own(tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.write_text("#!/bin/sh\necho 3.99\n")
    other.chmod(0o755)
    part = second_python(tmp_path, tmp_path, "python3.99", lambda name: str(other))
    assert part.name == "Python 3.99"
    assert dict(part.environment) == {"ENVIRONMENT": ".venv-3.99", "PYTHON": str(other)}
    assert part.commands[0] == (str(tmp_path / ".ci" / "environment"),)
    assert part.commands[1][0] == str(tmp_path / ".venv-3.99" / "bin" / "python")
