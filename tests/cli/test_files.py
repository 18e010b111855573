"""Files as somebody types them: by a path, in the input or beside it."""

import io
import json
from pathlib import Path

import pytest

from interpreter.cli.problem import Misuse
from interpreter.cli.reading import read_input


def test_a_path_in_an_input_is_one_beside_it(tmp_path: Path) -> None:
    given = tmp_path / "input.json"
    given.write_text(json.dumps({"scan": {"$file": "a.png"}, "more": [{"$file": "/b.png"}], "x": {"$file": 1}}))
    assert read_input(str(given), ()) == {"scan": tmp_path / "a.png", "more": [Path("/b.png")], "x": {"$file": 1}}


def test_what_is_typed_is_one_of_where_it_is_typed() -> None:
    read = read_input('{"scan": {"$file": "a.png"}}', ["n=1"], files=["more=b.png", "more=c.png", "one=d=e.png"])
    assert read == {"scan": Path("a.png"), "n": 1, "more": [Path("b.png"), Path("c.png")], "one": Path("d=e.png")}


def test_standard_input_names_no_file_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may have written it."""
    given = {"scan": {"$file": "/etc/passwd"}}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
    assert read_input("-", ()) == given


def test_what_is_no_assignment_is_told() -> None:
    with pytest.raises(Misuse, match="expected name=path"):
        read_input(None, (), files=["a.png"])
