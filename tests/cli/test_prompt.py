"""The prompt for an answer: fields as they are declared, judged at once, and a way out that says what it leaves."""

import signal
import time
from pathlib import Path
from typing import Any

import pytest

from interpreter.cli.fields import Field, fields_of, read_field
from interpreter.cli.judging import misfit
from interpreter.cli.problem import Misuse
from interpreter.cli.questions import deadline_text
from interpreter.cli.shown_values import value_lines
from tests.cli.conftest import Dsl
from tests.cli.test_typing import question

ASKS = r"""edition 1
flow main(mail: text) -> json budget 1d {
  await approval ok "How?" {
    answer { when: time, amount: int at least 1 at most 100, urgent: bool = false, tags: [text] at most 3, why: text? }
    show mail
    from "a" timeout 1h then reject
  }
  if ok.approved { return ok.answer }
  return ok.outcome
}
"""
MAIL = "Dear Ann,\nthe second line\n  from    boss\x1b[2K\u202e"


@pytest.fixture
def asks(tmp_path: Path) -> Path:
    path = tmp_path / "asks.flow"
    path.write_text(ASKS)
    return path


def test_the_prompt_for_an_answer(dsl: Dsl, asks: Path) -> None:
    terminal = dsl.at_terminal("run", asks, "--set", f"mail={MAIL}")
    shown = terminal.until("[l]ater: ")
    assert "│ Dear Ann,\r\n" in shown, "a text is read as one"
    assert "│ the second line\r\n" in shown
    assert "│   from    boss\\u001b[2K" in shown, "and makes no line that could be ours"
    assert "main" in shown.split("How?")[0], "the tree stays above the question"
    terminal.type("a")
    terminal.until("when (time): ")
    terminal.type("tomorrow")
    terminal.until("a moment is needed")
    terminal.until("when (time): ")
    terminal.type("2026-11-26T14:00:00Z")
    terminal.until("amount (whole number, 1 to 100): ")
    terminal.type("500")
    terminal.until("at most 100 is allowed, not 500")
    terminal.until("amount (whole number, 1 to 100): ")
    terminal.type("5")
    terminal.until("urgent (yes or no) [no]: ")
    terminal.type("")
    terminal.until("tags (list of text, commas between, at most 3): ")
    terminal.type("a, b, c, d")
    terminal.until("at most 3 items are allowed, not 4")
    terminal.type("a, b")
    terminal.until("why (text, may be empty): ")
    terminal.type("")
    assert terminal.end() == 0
    assert '"amount": 5' in terminal.said
    assert '"urgent": false' in terminal.said
    assert '"why": null' in terminal.said


@pytest.mark.slow
@pytest.mark.parametrize("word", ["l", "later", "skip"])
def test_later_leaves_it_open_and_says_so(dsl: Dsl, asks: Path, word: str) -> None:
    terminal = dsl.at_terminal("run", asks, "--set", "mail=hello", "--id", f"leaves-{word}")
    terminal.until("[l]ater: ")
    terminal.type(word)
    said = terminal.until(f"dsl reject leaves-{word}")
    assert "this question is still open" in said
    assert said.index("--answer when=…") < said.index("--answer amount=…") < said.index("--answer urgent=…")
    assert dsl.here("reject", f"leaves-{word}", "--group", "a").code == 0
    assert terminal.end() == 0


@pytest.mark.slow
def test_leaving_the_prompt_does_not_say_that_the_question_is_closed(dsl: Dsl, asks: Path) -> None:
    terminal = dsl.at_terminal("run", asks, "--set", "mail=hello", "--id", "left-at-prompt")
    terminal.until("[l]ater: ")
    terminal.process.send_signal(signal.SIGINT)
    terminal.until("again within")
    assert terminal.end() == 130
    assert "this question is still open" in terminal.said
    assert "closed" not in terminal.said
    assert dsl.here("terminate", "left-at-prompt", "--yes").code == 0


SCHEMA: dict[str, Any] = {
    "$defs": {"Item": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}},
    "properties": {
        "price": {"type": ["string", "number"], "minimum": 0, "maximum": 10, "pattern": "…"},
        "kind": {"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}], "default": "b"},
        "items": {"type": "array", "items": {"$ref": "#/$defs/Item"}, "maxItems": 2, "default": []},
        "item": {"$ref": "#/$defs/Item"},
        "a": {"type": "string"},
    },
}


def test_fields_are_asked_for_as_they_are_declared() -> None:
    fields = fields_of(question(answer_schema=SCHEMA))
    assert [field.prompt for field in fields] == [
        "price (number, 0 to 10): ",
        "kind (a | b) [b]: ",
        "items (list as JSON, at most 2) [[]]: ",
        "item (JSON): ",
        "a (text): ",
    ]
    assert [field.read("") for field in fields[1:3]] == [{}, {}], "Enter takes the default"


@pytest.mark.parametrize(
    ("typed", "schema", "told"),
    [
        ("10.01", SCHEMA["properties"]["price"], "at most 10 is allowed, not 10.01"),
        ("-1", SCHEMA["properties"]["price"], "at least 0 is required, not -1"),
        ("c", SCHEMA["properties"]["kind"], "one of: a, b"),
        ('{"n": 0}', SCHEMA["properties"]["item"], "n: at least 1 is required, not 0"),
        ("{}", SCHEMA["properties"]["item"], "n is missing"),
        ('[{"n": 1}, {"n": 0}]', SCHEMA["properties"]["items"], "item 2: n: at least 1"),
        ("3", SCHEMA["properties"]["items"], "a JSON list is needed"),
        ("a@", {"type": "string", "pattern": "^(?:[^@]+@.+)$"}, "it must match "),
        ("2026-11-26", {"type": "string", "format": "date-time"}, "a moment is needed"),
        ("", {"type": "integer"}, "a whole number is needed"),
        ("a, 2", {"type": "array", "items": {"type": "integer"}}, "a whole number is needed"),
    ],
)
def test_bounds_are_checked_at_once(typed: str, schema: Any, told: str) -> None:
    with pytest.raises(Misuse, match=told):
        read_field(typed, schema, SCHEMA["$defs"])


def test_what_fits_is_taken() -> None:
    assert read_field("a,b , c", {"type": "array", "items": {"type": "string"}}) == ["a", "b", "c"]
    assert read_field("", {"type": "array", "items": {"type": "string"}}) == []
    assert read_field('["a,b"]', {"type": "array", "items": {"type": "string"}}) == ["a,b"]
    assert misfit({"n": 1}, {"$ref": "#/$defs/Item"}, SCHEMA["$defs"]) is None
    assert Field("a", {"type": "string"}, True, {}).read("") == {"a": None}


def test_a_long_text_inside_of_a_value_is_read_as_a_text() -> None:
    lines = value_lines("mail", {"to": "ann", "body": "one\ntwo\x1b[1A\r\n\nfour", "parts": ["x" * 100, 1]})
    assert lines == [
        "mail =",
        '  to = "ann"',
        "  body =",
        "    │ one",
        "    │ two\\u001b[1A",
        "    │",
        "    │ four",
        "  parts =",
        "    [0] =",
        f"      │ {'x' * 96}",
        f"      │ {'x' * 4}",
        "    [1] = 1",
    ]
    assert value_lines("n", 3) == ["n = 3"]


def test_what_may_be_left_out_is_read_like_what_may_not() -> None:
    assert read_field("", {"type": "integer"}, optional=True) is None
    assert read_field("5", {"type": "integer", "minimum": 1}, optional=True) == 5
    assert read_field("", {"type": ["integer", "null"]}) is None
    assert read_field("1.10", {"type": ["string", "number", "null"]}) == "1.10", "a decimal keeps its digits"
    with pytest.raises(Misuse, match="at least 1"):
        read_field("0", {"type": "integer", "minimum": 1}, optional=True)


def test_a_deadline_says_of_which_zone_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = question(deadline=1795755341.0)
    try:
        for zone, told in (("UTC", "04:55 UTC"), ("Europe/Berlin", "05:55 CET"), ("America/New_York", "23:55 EST")):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert told in deadline_text(asked, 1795755000.0)
    finally:
        monkeypatch.undo()
        time.tzset()
