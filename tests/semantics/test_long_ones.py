"""A long row of operands, and a long chain of `else if`, are what the short ones are: they are kept in another way."""

import pytest

from dsl.analysis import Analysis, analyse
from dsl.ast.expressions import Chain, Row
from dsl.ast.statements import Let
from dsl.semantics.provenance.marks import Given, Mark
from dsl.semantics.provenance.values import Values
from dsl.semantics.types import spelled
from dsl.source import Source
from dsl.syntax.chains import MANY
from tests.semantics.marked import told

PARAMETERS = """
  i: int, d: decimal, n: number, t: text, o: text?, w: duration, at: time, j: json, c: bool, ts: [text],
  few: [text] at most 2, is: [int], rs: [{ a: int }], more: [{ a: int, b: text }], talk: conversation, k: "a" | "b"
""".replace("is:", "ints:")


def analysed(expression: str) -> Analysis:
    return analyse(Source("case.flow", f"edition 1\nflow main({PARAMETERS}) {{ let value = {expression} }}"))


ADDED = "two numbers, texts, lists or durations, or a time and a duration"


def found(expression: str) -> str | list[str]:
    """Its type, or what is told of it, apart from how long lists are and what stands before the wrong operand."""
    analysis = analysed(expression)
    (let,) = analysis.facts.all(Let)
    wrong = [each for each in analysis.diagnostics if each.code not in ("SF106", "SF603", "SF611")]
    shown = [(each.code, each.message, analysis.source.slice(each.primary.span)) for each in wrong]
    return [" ".join(each) for each in shown] or spelled(analysis.facts.type_of(let.value))


ROWS = {
    "numbers": ("i", "+ i", "int"),
    "another kind of number": ("i", "+ d", "decimal"),
    "and back": ("i", "+ n - d", "number"),
    "texts": ("t", "+ k", "text"),
    "durations": ("w", "+ w - w", "duration"),
    "durations, and a time": ("w", "+ at", "time"),
    "a bool": (
        "i",
        "+ c",
        [f"SF201 `+` takes {ADDED}: it is bool, beside int c"],
    ),
    "what may be null": ("t", "+ o", ["SF202 `o` may be null, and `+` needs a value o"]),
    "products": ("i", "* d", "decimal"),
    "a duration that is scaled": ("i", "* w", "duration"),
    "products with a text": (
        "i",
        "* t",
        ["SF201 `*` takes two numbers, or a duration and a number: it is text, beside int t"],
    ),
    "lists": ("ts", "+ few", "[text]"),
    "lists of other items": (
        "ts",
        "+ ints",
        [f"SF201 `+` takes {ADDED}: it is [int], beside [text] ints"],
    ),
    "lists and an item": (
        "ts",
        "+ t",
        [f"SF201 `+` takes {ADDED}: it is text, beside [text] t"],
    ),
    "conversations": ("talk", '+ [{ role: "user", text: t }]', "conversation"),
    "nothing that is known": (
        "j",
        "+ i",
        [f"SF201 `+` takes {ADDED}: it is json, beside json j"],
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_long_row_is_of_the_type_of_a_short_one(row: str) -> None:
    first, rest, expected = ROWS[row]
    operator = rest.split()[0]
    again = "[]" if first == "talk" else first
    short = f"{first} {operator} {again} {rest}"
    long = f"{first}{f' {operator} {again}' * MANY} {rest}"
    assert next(analysed(long).facts.all(Row), None) is not None
    assert found(short) == expected
    assert found(long) == expected


@pytest.mark.parametrize(("first", "rest", "wrong"), [("i", "+ t", "t"), ("t", "+ i + t", "i")])
def test_what_of_texts_and_numbers_does_not_fit_is_told_in_either(first: str, rest: str, wrong: str) -> None:
    (short,) = found(f"{first} {rest}")
    (long,) = found(f"{first}{f' + {first}' * MANY} {rest}")
    assert (short.split()[0], short.split()[-1]) == (long.split()[0], long.split()[-1]) == ("SF201", wrong)


def test_of_bounded_lists_the_bounds_are_summed() -> None:
    assert found(f"few{' + few' * MANY}") == f"[text at most {2 * (MANY + 1):,}]"
    assert found(f"few{' + few' * MANY} + ts") == "[text]"


def test_lists_of_records_that_are_written_out_lack_what_others_have() -> None:
    rows = " + ".join(["[{ a: 1 }]"] * MANY + ['[{ a: 1, b: "x" }]'] + ["[{ a: 2 }]"])
    assert found(rows) == f'[{{ a: int, b: ("x")? }} at most {MANY + 2}]'
    wrong = " + ".join(["[{ a: 1 }]"] * MANY + ['[{ a: "x" }]'])
    assert [each.split(" ")[0] for each in found(wrong)] == ["SF201"]


CHAINS = {
    "of one type": ("1", "2", "3", "int"),
    "of two kinds of numbers": ("1", "2.5", "3", "decimal"),
    "that may be null": ("t", "null", "t", "text?"),
    "of lists": ("[1]", "[]", "[2.5]", "[decimal at most 1]"),
    "of a text among numbers": ("1", "t", "3", ["SF201 `else` takes int, as `then` gives: this is text t"]),
    "of a text at the end": ("1", "2", "t", ["SF201 `else` takes int, as `then` gives: this is text t"]),
}


@pytest.mark.parametrize("chain", CHAINS)
def test_a_long_chain_is_of_the_type_of_a_short_one(chain: str) -> None:
    many, one, last, expected = CHAINS[chain]
    short = f"if c then {many} else if i == 1 then {one} else {last}"
    ways = [f"if i == {at} then {many} else" for at in range(MANY)]
    long = f"{' '.join(ways)} if c then {one} else {last}"
    assert next(analysed(long).facts.all(Chain), None) is not None
    assert found(short) == expected
    assert found(long) == expected


def test_what_the_conditions_before_say_is_known_further_on() -> None:
    ways = " ".join(f"if i == {at} then t else" for at in range(MANY))
    assert found(f'{ways} if o == null then "" else o') == "text"
    assert found(f'if o == null then "" else {ways} o') == "text"
    assert [each[:5] for each in found(f"{ways} if o == null then o + t else o")] == ["SF202"]


def test_each_way_of_a_chain_is_held_against_what_is_asked_for() -> None:
    def wrong(last: str) -> list[str]:
        ways = " ".join(f"if i == {at} then [1] else" for at in range(MANY))
        body = f"let value: [number] = {ways} {last}"
        text = f"edition 1\nflow main({PARAMETERS}) {{ {body} }}"
        told = [each for each in analyse(Source("case.flow", text)).diagnostics if each.code.startswith("SF2")]
        return [each.message for each in told]

    assert wrong("[2.5]") == []
    assert wrong("ints") == []
    assert wrong("ts") == ["`value` takes [number]: an item does not fit: it is text"]


def test_a_long_row_comes_of_all_its_operands() -> None:
    def marked(expression: str) -> str:
        analysis = analysed(expression)
        (let,) = analysis.facts.all(Let)
        return told(Values(analysis.facts, lambda symbol: Mark(frozenset({Given(symbol.name)}))).of(let.value))

    assert marked(f"rs{' + rs' * MANY} + more") == "more, rs"
    assert marked(f"i{' + i' * MANY} - d") == "d.**, i.**"
    ways = " ".join(f"if i == {at} then t else" for at in range(MANY))
    assert marked(f"{ways} if c then k else o") == "c.**, i.**, k, o, t"
