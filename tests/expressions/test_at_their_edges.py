"""Functions and operators at the values where they change: what is announced before it is made, times, files, talk."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dsl.expressions.context import CONSTANT, Evaluation
from dsl.expressions.errors import EvaluationError, NeedsReference
from dsl.expressions.evaluate import evaluate
from dsl.expressions.functions import FUNCTIONS
from dsl.expressions.operators import OPERATORS
from dsl.expressions.text import number_text, render
from dsl.expressions.values import File, Reference, files_in, kind_name, references, references_in, substitute
from tests.expressions.reading import expression

ONE, OTHER = Reference("a" * 64, 9), Reference("b" * 64, 7)
SCAN = File("c" * 64, 300, "scan.png", "image/png")


def value(text: str, **scope: Any) -> Any:
    return evaluate(expression(text), scope, CONSTANT)


def refused(text: str, **scope: Any) -> tuple[str, str]:
    with pytest.raises(EvaluationError) as caught:
        value(text, **scope)
    return caught.value.kind, caught.value.message


class Watched(Evaluation):
    """Remembers how long a text was said to become, before it was made and when it was."""

    def __init__(self) -> None:
        super().__init__(CONSTANT)
        self.said: list[int] = []

    def fits(self, characters: int) -> None:
        self.said.append(characters)


@pytest.mark.parametrize(
    ("name", "arguments", "made"),
    [
        ("join", (["ab", "c", ""], "--"), "ab--c--"),
        ("join", (["ab", "c"],), "abc"),
        ("join", (["ab"], "--"), "ab"),
        ("replace", ("banana", "a", "xyz"), "bxyznxyznxyz"),
        ("replace", ("banana", "an", ""), "ba"),
        ("replace", ("banana", "x", "long"), "banana"),
        ("repeat", ("ab", 3), "ababab"),
        ("repeat", ("ab", 0), ""),
        ("pad_start", ("ab", 5, "-"), "---ab"),
        ("pad_end", ("ab", 5, "-"), "ab---"),
        ("pad_end", ("ab", 2, "-"), "ab"),
    ],
)
def test_how_long_a_text_becomes_is_known_before_it_is_made(name: str, arguments: tuple[Any, ...], made: str) -> None:
    """So one that is too long takes no memory."""
    evaluation = Watched()
    assert FUNCTIONS[name].apply(evaluation, *arguments) == made
    assert evaluation.said == [len(made), len(made)]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("join", (["x"] * 1000, "y" * 4_000_000)), ("repeat", ("xy", 2_000_001)), ("pad_start", ("", 4_000_001, " "))],
)
def test_and_then_it_is_not_made(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(EvaluationError, match="more than 4000000 characters"):
        FUNCTIONS[name].apply(Evaluation(CONSTANT), *arguments)


@pytest.mark.parametrize("length", [0, 31, 32, 63, 64, 320])
def test_a_text_that_is_gone_through_is_paid_for_and_so_is_what_comes_of_it(length: int) -> None:
    def spent(name: str, *more: Any) -> int:
        evaluation = Evaluation(CONSTANT)
        FUNCTIONS[name].apply(evaluation, "x" * length, *more)
        return CONSTANT.steps - evaluation.left

    through, made = length // 32, length // 64
    for name in ("lower", "upper"):
        assert spent(name) == through + made
    assert spent("trim") == through + made
    assert spent("position", "y") == through
    assert spent("contains", "y") == through
    assert spent("split", "y") == through + 1
    assert spent("split_lines") == through + 2
    assert spent("split_words") == through + 1 + (length > 0)
    assert spent("replace", "y", "z") == 2 * through + made
    assert spent("sha256") == through + 10
    assert spent("base64") == through + -(-length // 3) * 4 // 64
    assert spent("url_encode") == length // 4 + made
    assert spent("starts_with", "") == spent("ends_with", "") == 0


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (1.5, "1.5"),
        (9999999999999998.0, "9999999999999998"),
        (-9999999999999998.0, "-9999999999999998"),
        (1e16, "1e+16"),
        (-1e16, "-1e+16"),
        (1e-7, "1e-07"),
    ],
)
def test_a_number_is_written_without_a_point_as_far_as_it_is_exact(number: float, text: str) -> None:
    assert number_text(number) == text
    assert render(number) == text


def test_fields_of_a_file() -> None:
    assert [value(f"f.{name}", f=SCAN) for name in ("name", "media_type", "size")] == ["scan.png", "image/png", 300]
    for name in ("hash", "measured", "other"):
        assert refused(f"f.{name}", f=SCAN) == ("TypeMismatch", f"`.{name}` needs a record, not a file")
        assert value(f"f?.{name}", f=SCAN) is None
    assert value("f?.size", f=SCAN) == 300


@pytest.mark.parametrize(
    ("subject", "kind", "message"),
    [
        ({}, "NotFound", "there is no field `a`"),
        (None, "NullValue", "`.a` needs a record, not null"),
        (7, "TypeMismatch", "`.a` needs a record, not an int"),
        ([{"a": 1}], "TypeMismatch", "`.a` needs a record, not a list"),
    ],
    ids=str,
)
def test_a_field_that_is_not_there(subject: Any, kind: str, message: str) -> None:
    assert refused("x.a", x=subject) == (kind, message)
    assert value("x?.a", x=subject) is None
    for text in ("x.a", "x?.a"):
        with pytest.raises(NeedsReference) as needs:
            value(text, x=ONE)
        assert needs.value.references == (ONE,)


def test_an_item_from_both_ends_and_none_beyond() -> None:
    items = ["a", "b", "c"]
    assert [value("x[n]", x=items, n=at) for at in (0, 2, -1, -3)] == ["a", "c", "c", "a"]
    for at in (3, -4):
        assert refused("x[n]", x=items, n=at) == ("IndexOutOfRange", f"there is no item {at} in a list of 3")
    assert value('x["k"]', x={"k": None}) is None
    assert refused('x["k"]', x={}) == ("NotFound", "there is no key `k`")
    assert refused('x["k"]', x=[1]) == ("TypeMismatch", "a list is indexed by an int, not a text")
    assert refused("x[0]", x={"k": 1}) == ("TypeMismatch", "a map is indexed by a text, not an int")
    assert refused("x[0]", x="abc") == ("TypeMismatch", "`[ ]` needs a list or a map, not a text")
    assert refused("x[true]", x=[1]) == ("TypeMismatch", "a list is indexed by an int, not a bool")


def test_what_lies_outside_of_a_slice_is_left_out() -> None:
    for whole in ["a", "b", "c"], "abc":
        assert value("x[1:]", x=whole) == whole[1:]
        assert value("x[:-1]", x=whole) == whole[:-1]
        assert value("x[-9:9]", x=whole) == whole
        assert value("x[2:1]", x=whole) == whole[:0]
        for text in ('x["a":]', 'x[:"a"]', "x[1.5:]"):
            assert refused(text, x=whole)[0] == "TypeMismatch"
    assert refused("x[0:1]", x=7) == ("TypeMismatch", "`[ : ]` needs a list or a text, not an int")


def talk(head: Any, *said: str) -> dict[str, Any]:
    return {"head": head, "tail": [{"role": "user", "text": each} for each in said], "sizes": [9] * (len(said) + 1)}


def test_messages_are_put_after_a_conversation() -> None:
    whole = value("a + b", a=talk(ONE, "x", "y"), b=talk(None, "z"))
    assert whole == {"head": ONE, "tail": talk(None, "x", "y", "z")["tail"], "sizes": [9] * 5}
    evaluation = Evaluation(CONSTANT)
    OPERATORS["+"](talk(ONE, "x", "y"), talk(None, "z"), evaluation)
    assert CONSTANT.steps - evaluation.left == 2 * 2 + 2 * 1 + 3


def test_a_conversation_is_put_after_nothing_and_records_are_not_added() -> None:
    with pytest.raises(EvaluationError, match="cannot be used with a record and a record"):
        value("a + b", a=talk(None, "x"), b=talk(ONE, "z"))
    for left, right in (talk(None), {"a": 1}), ({"a": 1}, talk(None)), ({"a": 1}, {"a": 1}), ({}, {}):
        assert refused("a + b", a=left, b=right)[1] == "`+` cannot be used with a record and a record"
    others: list[Any] = [[], "x", None, 7]
    for other in others:
        assert refused("a + b", a=talk(None), b=other)[0] in ("TypeMismatch", "NullValue")


AT = datetime(2026, 11, 29, 12, 34, 56, 789000, UTC)


@pytest.mark.parametrize(
    ("unit", "began"),
    [
        ("minute", "2026-11-29T12:34:00"),
        ("hour", "2026-11-29T12:00:00"),
        ("day", "2026-11-29T00:00:00"),
        ("week", "2026-11-23T00:00:00"),
        ("month", "2026-11-01T00:00:00"),
        ("year", "2026-01-01T00:00:00"),
    ],
)
def test_when_a_unit_began(unit: str, began: str) -> None:
    moment = datetime.fromisoformat(f"{began}+00:00")
    assert value(f'start_of(at, "{unit}")', at=AT) == moment
    assert value(f'start_of(at, "{unit}")', at=moment) == moment, "then it began"
    ahead = value(f'start_of(at, "{unit}", "+01:30")', at=AT)
    local = ahead + timedelta(hours=1, minutes=30)
    assert local == value(f'start_of(at, "{unit}")', at=AT + timedelta(hours=1, minutes=30))


@pytest.mark.parametrize(
    ("at", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2026-01-29", 1, "2026-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-03-30", 1, "2026-04-30"),
        ("2026-03-15", -3, "2025-12-15"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-01-01", -1, "2025-12-01"),
        ("2026-06-15", 0, "2026-06-15"),
        ("0001-01-01", 12 * 9998 + 11, "9999-12-01"),
        ("9999-12-31", -12 * 9998 - 11, "0001-01-31"),
    ],
)
def test_months_later(at: str, months: int, later: str) -> None:
    day, found = (datetime.fromisoformat(f"{each}T01:02:03+00:00") for each in (at, later))
    assert value("add_months(at, n)", at=day, n=months) == found


@pytest.mark.parametrize(("at", "months"), [("9999-12-01", 1), ("0001-01-01", -1), ("0001-01-01", 12 * 9999 + 1)])
def test_no_month_is_beyond_the_calendar(at: str, months: int) -> None:
    day = datetime.fromisoformat(f"{at}T00:00:00+00:00")
    assert refused("add_months(at, n)", at=day, n=months) == ("LimitExceeded", "this time is beyond the calendar")
    assert refused("add_months(at, n)", at=day, n=-(10**9))[0] == "LimitExceeded"


@pytest.mark.parametrize(
    ("zone", "minutes"), [("Z", 0), ("UTC", 0), ("+02:00", 120), ("-00:30", -30), ("+14:59", 899), ("+00:00", 0)]
)
def test_a_zone_is_how_far_its_clocks_are_ahead(zone: str, minutes: int) -> None:
    at = value("moment(2026, 1, 2, 3, 4, 5, z)", z=zone)
    assert at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) - timedelta(minutes=minutes)
    shown = value("calendar(at, z)", at=at, z=zone)
    assert [shown[part] for part in ("year", "month", "day", "hour", "minute", "second")] == [2026, 1, 2, 3, 4, 5]
    assert (shown["weekday"], shown["yearday"], shown["week"]) == (5, 2, 1)
    assert value('format_time(at, "DD.MM.YYYY hh:mm:ss Y", z)', at=at, z=zone) == "02.01.2026 03:04:05 Y"
    assert value('parse_time("02.01.2026 03:04:05", "DD.MM.YYYY hh:mm:ss", z)', z=zone) == at


@pytest.mark.parametrize("zone", ["", "z", "+2:00", "+15:00", "+01:60", "Europe/Berlin", "+01:00x", "\u0661"])
def test_no_zone_has_a_name(zone: str) -> None:
    assert refused("calendar(at, z)", at=AT, z=zone)[0] == "InvalidArgument"


def test_patterns_have_an_end() -> None:
    assert value("format_time(at, p)", at=AT, p="x" * 200) == "x" * 200
    for text in ("format_time(at, p)", 'parse_time("x", p)'):
        assert refused(text, at=AT, p="x" * 201)[0] == "InvalidArgument"
    for pattern in ("MM", "YYYY YYYY", "", "YYYY MM MM"):
        assert "a pattern with a year" in refused("parse_time(t, p)", t=pattern, p=pattern)[1]
    assert value('parse_time("2026", "YYYY")') == datetime(2026, 1, 1, tzinfo=UTC)
    assert refused('parse_time("26", "YYYY")') == ("InvalidArgument", '"26" is not as the pattern "YYYY" says')
    assert refused('parse_time("2026-13", "YYYY-MM")')[0] == "InvalidArgument"


def test_what_is_held_somewhere_is_found_in_its_order() -> None:
    held = {"a": [ONE, 1, {"b": OTHER}], "c": ONE, "d": SCAN}
    assert references(held) == (ONE, OTHER)
    assert references_in(held) == [ONE, OTHER, ONE]
    assert files_in([held, SCAN, 1]) == [SCAN, SCAN]
    assert files_in("x") == []
    assert references_in("x") == []
    assert substitute(held, lambda each: each.size) == {"a": [9, 1, {"b": 7}], "c": 9, "d": SCAN}
    assert str(NeedsReference((ONE, OTHER))) == "needs 2 referenced value(s)"
    assert kind_name(object()) == "object"


@pytest.mark.parametrize("text", ["[x]", "{ a: x }", "x == null", "if true then x else 1"])
def test_what_is_kept_elsewhere_is_passed_on_unseen(text: str) -> None:
    value(text, x=ONE)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ('mask("12345678")', "•••"),
        ('mask("12345678", 4)', "•••5678"),
        ('mask("1234567", 4)', "•••"),
        ('mask("ab", 1)', "•••b"),
        ('mask("a", 1)', "•••"),
        ("mask(7)", "•••"),
        ('truncate("abc", 3)', "abc"),
        ('truncate("abc", 2)', "a…"),
        ('truncate("abc", 1)', "…"),
        ('truncate("", 1)', ""),
    ],
)
def test_how_much_of_a_text_is_shown(text: str, made: str) -> None:
    assert value(text) == made


@pytest.mark.parametrize(
    "text", ['mask("x", 5)', 'mask("x", -1)', 'truncate("x", 0)', 'split("x", "")', 'replace("x", "", "y")']
)
def test_what_cannot_be_meant(text: str) -> None:
    assert refused(text)[0] == "InvalidArgument"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("first([1, 2, 3], 2)", [1, 2]),
        ("first([1, 2, 3], 0)", []),
        ("first([1], 9)", [1]),
        ("last([1, 2, 3], 2)", [2, 3]),
        ("last([1, 2, 3], 0)", []),
        ("last([1], 9)", [1]),
        ("first([])", None),
        ("last([])", None),
        ("last([1, 2])", 2),
        ("sum([])", 0),
        ("sum([], 5)", 5),
        ("sum([1, 2], 5)", 8),
        ("range(3)", [0, 1, 2]),
        ("range(1, 3)", [1, 2]),
        ("range(3, 1)", []),
        ("chunk([1, 2, 3], 2)", [[1, 2], [3]]),
        ("chunk([1, 2], 1)", [[1], [2]]),
        ("chunk([], 2)", []),
        ("len(range(100000))", 100_000),
        ('split_lines("a\\nb\\n\\n")', ["a", "b", ""]),
        ('split_lines("")', []),
        ('position("abcb", "b")', 1),
        ('position("abc", "a")', 0),
        ('position("abc", "x")', None),
    ],
)
def test_lists_at_their_ends(text: str, found: Any) -> None:
    assert value(text) == found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("first([1], -1)", "InvalidArgument"),
        ("last([1], -1)", "InvalidArgument"),
        ("chunk([1], 0)", "InvalidArgument"),
        ("range(100001)", "LimitExceeded"),
        ("range(-1, 100000)", "LimitExceeded"),
        ("min([])", "InvalidArgument"),
        ('sum(["a"])', "TypeMismatch"),
        ('repeat("x", -1)', "InvalidArgument"),
        ('pad_end("x", 3, "--")', "InvalidArgument"),
        ('from_base64("x")', "InvalidArgument"),
        ('from_base64("/w==")', "InvalidArgument"),
        ('parse_json("{")', "InvalidArgument"),
        ('sort([{ a: 1 }], by: "b")', "NotFound"),
        ('group([{ a: 1 }], "a")', "TypeMismatch"),
    ],
)
def test_and_beyond_them(text: str, kind: str) -> None:
    assert refused(text)[0] == kind


def test_a_negation_has_no_sign_of_zero() -> None:
    for zero in 0.0, Decimal("0.0"), 0:
        assert render(value("-x", x=zero)).lstrip("0.") == ""
        assert not render(value("-x", x=zero)).startswith("-")
    assert value("-x", x=Decimal("1.50")) == Decimal("-1.50")
    assert value("-x", x=timedelta(hours=1)) == timedelta(hours=-1)
    assert refused("-x", x="a") == ("TypeMismatch", "`-` needs a number or a duration, not a text")
    assert refused("-x", x=None) == ("NullValue", "`-` needs a number or a duration, not null")
    with pytest.raises(NeedsReference):
        value("-x", x=ONE)
