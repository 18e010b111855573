"""What the check says to do, word for word, for each of the mistakes that it tells apart."""

import pytest

from tests.checks.test_at_its_edges import told, within


def conversion(wanted: str, given: str) -> str | None:
    text = f"tool t(x: {wanted}) -> int read\nflow main(v: {given}) -> int {{ step y = t(x: v) return y }}"
    found = told("SF201", text)
    assert len(found) == 1
    return found[0].rpartition(" | ")[2]


@pytest.mark.parametrize(
    ("wanted", "given", "advice"),
    [
        ("text", "int", "write `text(…)`, or put it into a template"),
        ("text", "decimal", "write `text(…)`, or put it into a template"),
        ("text", "json", "write `text(…)`, or put it into a template"),
        ("int", "text", "nothing is converted by itself: write `int(…)`"),
        ("int", "number", "nothing is converted by itself: write `round`, `floor` or `ceil`"),
        ("int", "decimal", "nothing is converted by itself: write `round`, `floor` or `ceil`"),
        ("int", "json", "nothing is converted by itself: write `int(…)`"),
        ("number", "text", "nothing is converted by itself: write `number(…)`"),
        ("number", "json", "nothing is converted by itself: write `number(…)`"),
        ("decimal", "text", "nothing is converted by itself: write `decimal(…)`"),
        ("decimal", "number", "nothing is converted by itself: write `decimal(…)`"),
        ("decimal", '"a" | "b"', "nothing is converted by itself: write `decimal(…)`"),
        ("bool", "json", "convert it first, by calling a type: `bool(…)`"),
        ("time", "json", "convert it first, by calling a type: `time(…)`"),
        ("duration", "json", "convert it first, by calling a type: `duration(…)`"),
        ("[text] at most 3", "json", "convert it first, by calling a type: `type Items = [text]`, then `Items(…)`"),
        ("bool", "text", 'write `v != ""`'),
        ("int", "bool", "None"),
        ("text", "bool", "None"),
        ("text", "[text] at most 2", 'write `join(v, ", ")`'),
    ],
)
def test_how_one_type_becomes_another(wanted: str, given: str, advice: str) -> None:
    assert conversion(wanted, given) == advice


@pytest.mark.parametrize(
    ("written", "advice"),
    [('"opne"', 'did you mean "open"?'), ('"xyz"', "None"), ('"text"', "None"), ('"int"', "None")],
)
def test_a_word_that_is_meant_is_one_of_those_that_may_be(written: str, advice: str) -> None:
    text = (
        f'tool t(x: "open" | "closed" | "sent") -> int read\nflow main() -> int {{ step y = t(x: {written}) return y }}'
    )
    (found,) = told("SF201", text)
    assert found.partition(" | ")[2].rpartition("| ")[2] == advice


@pytest.mark.parametrize(("count", "listed"), [(1, True), (7, True), (8, True), (9, False)])
def test_what_is_known_is_listed_as_far_as_it_can_be_read(count: int, listed: bool) -> None:
    names = [f"{chr(97 + at) * 6}" for at in range(count)]
    text = f"flow main({', '.join(f'{name}: int' for name in names)}) -> int {{ return zzzzzz }}"
    (found,) = told("SF101", text)
    assert found.partition(" | ")[2] == (f"these are known here: {', '.join(names)}" if listed else "None")


def test_where_nothing_is_known_nothing_is_listed() -> None:
    (found,) = told("SF101", "flow main() -> int { return zzzzzz }")
    assert found.endswith(" | None")
    (found,) = told("SF101", "flow main() { loop budget 2 iterations { break other } }")
    assert found.endswith("no loop around this statement has a name")
    (found,) = told("SF101", "flow main() { loop quite budget 2 iterations { break other } }")
    assert found.endswith("only a loop around this statement can be named")


@pytest.mark.parametrize(
    ("inside", "words"), [('step y = r("a")', ", such as `y`"), ('step w("a")', "had their names"), ("sleep 1s", "")]
)
def test_a_branch_has_no_value_by_its_name(inside: str, words: str) -> None:
    if words == "had their names":
        words = ", such as `w`"
    text = within("1h", f'parallel {{ branch other {{ {inside} }} sleep 1s }} step w("{{{{ other }}}}")')
    (found,) = told("SF101", text)
    assert found.partition(" | ")[2] == f"`other` is a branch: what its steps gave has their names{words}"


@pytest.mark.parametrize(("length", "shown"), [(40, True), (41, False)])
def test_what_may_be_null_is_named_where_it_is_short(length: int, shown: bool) -> None:
    name = "n" * length
    (found,) = told("SF202", f"flow main({name}: int?) -> int {{ return {name} + 1 }}")
    assert found.startswith(f"`{name}` may be null" if shown else "this may be null")


@pytest.mark.parametrize(("length", "shown"), [(60, True), (61, False)])
def test_and_checked_by_its_name_where_that_is_not_too_long(length: int, shown: bool) -> None:
    name = "n" * length
    (found,) = told("SF202", f"flow main({name}: int?) -> int {{ return {name} + 1 }}")
    assert f"check it first: `if {name if shown else '…'} != null {{ … }}`, or say what else: `if" in found
    (found,) = told("SF202", f"type T {{ a: int }}\nflow main({name}: T?) -> int {{ return {name}.a }}")
    ends = f"check it first: `if {name} != null {{ … }}`, or use `?.`" if shown else "check it first: `if … != null"
    assert ends in found


@pytest.mark.parametrize(("length", "shown"), [(40, True), (41, False)])
def test_a_list_of_any_length_is_named_where_it_is_short(length: int, shown: bool) -> None:
    name = "n" * length
    (found,) = told("SF303", f"flow main({name}: [int]) {{ for x in {name} {{ sleep 1s }} }}")
    assert found.startswith(f"`{name}` may hold" if shown else "this list may hold")
    assert f"`in {name if shown else '…'} at most 100`" in found
    (found,) = told("SF303", "flow main(n: [int]) { for x in [a for\na in n] { sleep 1s } }")
    assert found.startswith("this list may hold")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("return x let x = 1 }", None),
        ("let y = x let x = 1 return y }", "move this below the definition of `x`"),
        ("var x: int if a { set x = 1 } return x }", "`set x` on every way that leads here, or give it a first value"),
        ("for x in [1, 2] { sleep 1s } return x }", "`x` stands for one item, inside the braces only"),
        ("if a { let x = 1 sleep 1s } return x }", "a name ends with the block that defines it: declare a `var`"),
        ("if a { var x = 1 sleep 1s } return x }", "a name ends with the block that defines it: declare a `var`"),
        ("if a { step x = t() sleep 1s } return x }", "not every way that leads here runs that step: declare a `var`"),
    ],
)
def test_why_a_name_has_no_value(text: str, advice: str | None) -> None:
    found = told("SF103", f"tool t() -> int read\nflow main(a: bool) -> int {{ {text}")
    if advice is not None:
        assert len(found) == 1, found
        assert advice in found[0].partition(" | ")[2]


def test_branches_run_beside_each_other() -> None:
    both = "parallel { branch p { step x = t() } branch q { step y = u(x) } } return y"
    head = "tool t() -> int read\ntool u(a: int) -> int read\nflow main() -> int { "
    (found,) = told("SF103", f"{head}{both} }}")
    assert found == (
        "branches run beside each other: `x` may not be there yet | "
        "put both into one `branch`, or use `x` after the `parallel`"
    )
    assert told("SF103", f"{head}parallel {{ branch p {{ step x = t() step y = u(x) }} sleep 1s }} return y }}") == []


@pytest.mark.parametrize(
    ("ends", "field", "advice"),
    [
        ("then reject", "answer.n", "it has a value only where the approval holds: inside `if ok.approved { … }`"),
        (
            "then approve",
            "answer.n",
            'nobody answers when it is approved by its timeout: check `ok.outcome == "approved"`',
        ),
        (
            "then reject",
            "note",
            "check it first: `if ok.note != null { … }`, or say what else: `if ok.note != null then",
        ),
    ],
)
def test_what_of_an_approval_may_be_null(ends: str, field: str, advice: str) -> None:
    asks = f'await approval ok "?" {{ answer {{ n: text }} from "g" timeout 1h {ends} }}'
    (found,) = told("SF202", f"flow main() -> bool {{ {asks} let x = upper(ok.{field}) return ok.approved }}")
    assert found.partition(" | ")[2].startswith(advice)


@pytest.mark.parametrize(
    ("type_", "case", "said"),
    [
        ("int", '"x"', 'an int is never "x" | leave it out'),
        ("int?", '"x"', 'an int? is never "x" | leave it out'),
        ("int", "null", "an int is never null | leave it out"),
        ("bool", "3", "a bool is never 3 | leave it out"),
        ("text", "true", "a text is never true | leave it out"),
        ('"abcd" | "x"', '"abce"', '"abce" is none of "abcd", "x" | did you mean `"abcd"`?'),
        ('"abcd" | "x"', '"zzz"', '"zzz" is none of "abcd", "x" | leave it out'),
        ('"abcd" | "x"', "3", '3 is none of "abcd", "x" | leave it out'),
        ("Kind", '"abce"', 'a Kind is never "abce" | did you mean `"abcd"`?'),
        ("Kind", '"zzz"', 'a Kind is never "zzz" | leave it out'),
    ],
)
def test_a_case_that_never_comes(type_: str, case: str, said: str) -> None:
    declared = 'type Kind = "abcd" | "x"'
    matched = f"match n {{ {case} => {{ sleep 1s }} else => {{ sleep 2s }} }}"
    assert told("SF607", f"{declared}\nflow main(n: {type_}) {{ {matched} }}") == [said]
