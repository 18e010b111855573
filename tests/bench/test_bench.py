"""What `make bench` measures can be measured: each of its sections, with little work."""

import pytest

from tests.bench import agents, cold_start, encryption, runs
from tests.bench.__main__ import SECTIONS, main

FEW = {
    "3 steps": (runs.in_turn(3), "InTurn", 3),
    "3 side by side": (runs.beside(3), "Beside", 3),
    "3 children": (runs.children(3), "Children", 3),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SECTIONS)
def test_it_can_be_measured(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(runs, "WORK", FEW)
    monkeypatch.setattr(runs, "ROUNDS", 1)
    monkeypatch.setattr(cold_start, "ROUNDS", 1)
    monkeypatch.setattr(cold_start, "SIZE", (3, 100))
    monkeypatch.setattr(agents, "LONG", 6)
    monkeypatch.setattr(agents, "SHORT", 3)
    monkeypatch.setattr(encryption, "WORK", {name: text for name, (text, _, _) in FEW.items()})
    main([name])
    title, *rows = [line for line in capsys.readouterr().out.splitlines() if line]
    assert SECTIONS[name][0] in title or SECTIONS[name][0] in rows
    assert len(rows) > 2


def test_a_section_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["bytes"])
    assert "there is no bytes; there are start, runs" in capsys.readouterr().err
