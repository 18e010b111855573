"""What people type: fields of an answer, inputs, scripts."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics.inert import is_active
from interpreter.boundary.view import Note, QuestionView, ShownValue, VoteView
from interpreter.cli.carry_out import carry_out
from interpreter.cli.commands.send import HOW_TO_GIVE
from interpreter.cli.fields import read_field, text_fields
from interpreter.cli.lines import note_line
from interpreter.cli.problem import Misuse
from interpreter.cli.questions import answer_fields, how_to_answer, question_lines
from interpreter.cli.reading import parse_json, read_answer, read_input
from interpreter.cli.scripted import read_script
from interpreter.cli.sent import read_sent_at_start
from interpreter.cli.signing import who_answers
from interpreter.cli.spans import duration_text
from interpreter.client.errors import InputRefused

DECIMAL = {"type": ["string", "number"], "pattern": "…"}


def question(**changes: Any) -> QuestionView:
    given: dict[str, Any] = {
        "id": "f/keep",
        "name": "keep",
        "question": "Keep it?",
        "shown": [],
        "gates": ["pay(amount: ‹your answer›)"],
        "answer_schema": None,
        "digest": "d",
        "stage": 1,
        "stages": 1,
        "whom": ["team"],
        "required": 1,
        "all_of": False,
        "except_requester": False,
        "asked_at": 0.0,
        "deadline": 7200.0,
        "then": "reject",
        "votes": [],
        "groups": ["team"],
    }
    return QuestionView(**(given | changes))


@pytest.mark.parametrize(
    ("typed", "schema", "value"),
    [
        ("12", {"type": "string"}, "12"),
        ("12", {"type": "integer"}, 12),
        ("12.50", DECIMAL, "12.50"),
        ("0.5", {"type": "number"}, 0.5),
        ("yes", {"type": "boolean"}, True),
        ("n", {"type": "boolean"}, False),
        ("b", {"type": "string", "enum": ["a", "b"]}, "b"),
        ("", {"anyOf": [{"type": "string"}, {"type": "null"}]}, None),
        ("", {"type": "string"}, ""),
        ("[1, 2]", {"type": "array"}, [1, 2]),
    ],
)
def test_a_field_is_read_by_its_type(typed: str, schema: Any, value: Any) -> None:
    assert read_field(typed, schema) == value


@pytest.mark.parametrize(
    ("typed", "schema", "told"),
    [
        ("many", {"type": "integer"}, "a whole number is needed"),
        ("1.5", {"type": "integer"}, "a whole number is needed"),
        ("NaN", DECIMAL, "a number is needed"),
        ("", {"type": "boolean"}, "yes or no"),
        ("c", {"type": "string", "enum": ["a", "b"]}, "one of: a, b"),
        ("{", {"type": "object"}, "this is not JSON: line 1"),
    ],
)
def test_what_does_not_fit_is_told(typed: str, schema: Any, told: str) -> None:
    with pytest.raises(Misuse, match=told):
        read_field(typed, schema)


def test_fields_of_named_types_are_looked_up() -> None:
    schema: dict[str, Any] = {
        "properties": {
            "kind": {"$ref": "#/$defs/Kind"},
            "other": {"anyOf": [{"$ref": "#/$defs/Kind"}, {"type": "null"}]},
        },
        "$defs": {"Kind": {"type": "string", "enum": ["a"]}},
    }
    fields = answer_fields(schema)
    assert read_field("a", fields["kind"]) == "a"
    assert read_field("", fields["other"]) is None
    with pytest.raises(Misuse):
        read_field("b", fields["other"])


def vote(by: str, **changes: Any) -> VoteView:
    return VoteView(by, "unverified", "approve", 60.0, 1, "team", note="as agreed", **changes)


def test_data_drives_the_terminal_of_the_approver() -> None:
    """What comes from data makes no line, moves no cursor, and turns no direction: only we lay out a question."""
    evil = "ok\x1b[2K\x1b[1A\r\n  from    boss\u202e\u2066\x9b1m\u2028\x7f\u200b\ud800"
    asked = question(
        question=evil,
        shown=[ShownValue(evil, {evil: [evil]})],
        gates=[evil],
        whom=[evil, f"person {evil}"],
        groups=[evil],
        votes=[VoteView(evil, "unverified", "approve", 0.0, 1, evil, "", {"a": evil}, evil)],
        proposal={"a": evil},
        proposal_digest="d" * 64,
    )
    lines = question_lines(asked, now=0.0) + how_to_answer(f"run {evil}", asked, only=False)
    assert not any(is_active(character) for line in lines for character in line.replace("\n    ", ""))
    assert sum(line.startswith("  from ") for line in "\n".join(lines).splitlines()) == 1
    note = Note(1, 0.0, "voted", "main/pay", "pay", "approval", detail=evil)
    assert not any(map(is_active, note_line(note, 0.0, "main")))


def test_a_question_tells_all_that_must_be_known() -> None:
    lines = "\n".join(
        question_lines(
            question(required=2, votes=[vote("ada"), vote("bob", counts=False)], proposal={"amount": 3}, stages=2),
            now=0.0,
        )
    )
    for part in (
        "keep: Keep it?",
        "pay(amount: ‹your answer›)",
        "2 of team",
        "in 2h00m, stage 1 of 2",
        "agreed  unverified ada for team at ",
        ": as agreed",
        "before  unverified bob for team at ",
        "(stage 1, does not count now)",
        '"amount": 3',
    ):
        assert part in lines


def test_how_to_answer_names_the_question_only_where_there_are_several() -> None:
    schema: dict[str, Any] = {"properties": {"amount": {}}}
    assert how_to_answer("r-1", question(answer_schema=schema), only=True)[0] == (
        "dsl approve r-1 --answer amount=… --group team"
    )
    assert (
        how_to_answer("r-1", question(whom=["a", "b"], groups=["a", "b"]), only=False)[0]
        == "dsl approve r-1 f/keep --group GROUP"
    )


def test_numbers_keep_their_digits() -> None:
    assert parse_json('{"a": 12.50}', "x") == {"a": Decimal("12.50")}
    assert read_input(None, ["a=12.50", "b=word", 'c="12"', "d=[1]"]) == {
        "a": Decimal("12.50"),
        "b": "word",
        "c": "12",
        "d": [1],
    }
    assert read_answer(["a=12.5"]) == {"a": 12.5}
    assert read_answer(["a=0.1000000000000000000001"]) == {"a": "0.1000000000000000000001"}
    assert read_answer([]) is None
    with pytest.raises(Misuse, match="what is sent is not JSON: line 1"):
        read_answer(['{"a": 1'], what="what is sent")


def test_what_is_sent_is_read_as_the_flow_declares_it(tmp_path: Path) -> None:
    file = tmp_path / "ask.flow"
    file.write_text(
        "edition 1\ntype Mail { subject: text, n: int, zip: text? }\n"
        "flow main() -> text budget 1h {\n"
        '  await event mail: Mail timeout 1m else { return "late" }\n  return mail.subject\n}\n'
    )
    parts = ["subject=4711", "n=3", "zip=01234", "other=5"]
    read = {"subject": "4711", "n": 3, "zip": "01234", "other": 5}
    assert read_sent_at_start(parts, "mail", file, file, None) == read
    assert read_sent_at_start(["subject=4711"], "unknown", file, file, None) == {"subject": 4711}


def test_a_command_says_what_to_do_with_its_own_options() -> None:
    async def refused() -> None:
        raise InputRefused("main", ["who: is missing"])

    with pytest.raises(Misuse, match="--set NAME=VALUE"):
        carry_out(refused())
    with pytest.raises(Misuse, match=r"who: is missing\n.*dsl send --help"):
        carry_out(refused(), {InputRefused: HOW_TO_GIVE})


@pytest.mark.parametrize("by", ["", "  "])
def test_small_things_of_the_command_line_who_is_nobody(by: str) -> None:
    with pytest.raises(Misuse, match="names nobody"):
        who_answers(by, None)


@pytest.mark.parametrize("typed", ["12345", "01234", "true", "1e5", '{"a": 1}', '"quoted"', "null"])
def test_digits_for_a_text(typed: str) -> None:
    """Where the type is text, what was typed is the value; `null` is none where there may be none."""
    text = {"type": "string"}
    names = {"zip": text, "kind": {"anyOf": [text, {"type": "null"}]}, "other": {"type": "integer"}}
    texts = text_fields({"type": "object", "properties": names})
    assert texts == {"zip": False, "kind": True}
    parts = [f"zip={typed}", f"kind={typed}", "other=5"]
    expected = {"zip": typed, "kind": None if typed == "null" else typed, "other": 5}
    assert (read_input(None, parts, texts), read_answer(parts, texts)) == (expected, expected)


def test_what_is_set_comes_over_the_input_file(tmp_path: Path) -> None:
    file = tmp_path / "input.json"
    file.write_text('{"a": 1, "b": 2}')
    assert read_input(str(file), ["b=3"]) == {"a": 1, "b": 3}


def test_a_script_gives_as_many_answers_as_a_question_takes(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("keep:\n- {decision: approve, by: a}\n- {decision: approve, by: b}\n- {decision: reject, by: c}\n")
    script = read_script(file)
    assert [answer.by for answer in script.take(question(required=2))] == ["a", "b"]
    assert [answer.by for answer in script.take(question(required=2))] == ["c"]
    assert script.take(question()) == []


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.44, "0.4s"), (125, "2m05s"), (3 * 3600 + 600, "3h10m"), (4 * 86400 + 7200, "4d02h")]
)
def test_lengths_of_time(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


TWICE = '{"a": 1, "b": {"c": 1, "c": 1}}'


def test_a_key_that_stands_twice_is_refused_at_every_door(tmp_path: Path) -> None:
    """One of the two would be lost, and nobody can say which was meant."""
    (tmp_path / "input.json").write_text(TWICE)
    (tmp_path / "answers.yaml").write_text("keep: { decision: approve, answer: { c: 1, c: 2 } }")
    (tmp_path / "approvals.yaml").write_text("keep: { decision: approve }\nkeep: { decision: reject }")
    for read in (
        lambda: read_input(TWICE, []),
        lambda: read_input(str(tmp_path / "input.json"), []),
        lambda: read_input(None, [f"a={TWICE}"]),
        lambda: read_answer([TWICE]),
        lambda: read_answer([f"a={TWICE}"]),
    ):
        with pytest.raises(Misuse, match='the key "c" stands twice'):
            read()
    with pytest.raises(Misuse, match="a is given twice"):
        read_input(None, ["a=1", "b=2", "a=3"])
    with pytest.raises(Misuse, match="note is given twice"):
        read_answer(["note=yes", "note=no"])
    for name in ("answers", "approvals"):
        with pytest.raises(Misuse, match="stands twice"):
            read_script(tmp_path / f"{name}.yaml")


def test_fractions_in_a_script_keep_their_digits_and_travel(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("\ufeffkeep: { decision: approve, answer: { a: 12.50, b: 0.12345678901234567890, c: [1, 1.5] } }")
    [answer] = read_script(file).answers["keep"]
    assert answer.answer == {"a": 12.5, "b": "0.12345678901234567890", "c": [1, 1.5]}
    file.write_text("keep: { decision: approve, answer: { a: .nan } }")
    with pytest.raises(Misuse, match=r"`\.nan` is no number here"):
        read_script(file)


def test_input_with_a_byte_order_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "input.json"
    file.write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert read_input(str(file), []) == {"a": 1}
    monkeypatch.setattr("sys.stdin", io.StringIO('\ufeff{"a": 1}'))
    assert read_input("-", []) == {"a": 1}


@pytest.mark.parametrize("text", ["NaN", "1e99999999999999999999", "9" * 5000])
def test_what_is_no_number_is_text(text: str) -> None:
    assert read_input(None, [f"a={text}"]) == {"a": text}
    with pytest.raises(Misuse, match="cannot be used"):
        read_input(f'{{"a": {text}}}', [])
