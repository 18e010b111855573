"""Where colours and bold letters are written, and where nothing of the kind is."""

import io

import pytest

from dsl.cli.reporting import style_for
from dsl.diagnostics.frame import COLOURED, PLAIN
from interpreter.cli import group
from interpreter.cli.problem import Misuse

ENVIRONMENTS = (
    ({}, None),
    ({"TERM": "dumb"}, False),
    ({"NO_COLOR": "1"}, False),
    ({"NO_COLOR": ""}, None),
    ({"FORCE_COLOR": "1"}, True),
    ({"FORCE_COLOR": "0"}, None),
    ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
    ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("environment", "wanted"), ENVIRONMENTS)
def test_the_environment_says_so_of_all_that_is_written(
    environment: dict[str, str],
    wanted: bool | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert style_for(Terminal()) is (PLAIN if wanted is False else COLOURED)
    assert style_for(io.StringIO()) is (COLOURED if wanted else PLAIN)

    Misuse("nothing is there").show()
    assert ("\x1b" in capsys.readouterr().err) == bool(wanted)

    given: list[object] = []
    monkeypatch.setattr(group.dsl, "main", lambda *_, **options: given.append(options["color"]))
    group.run_command(["runs"])
    assert given == [wanted]
