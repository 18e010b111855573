"""Which lists and maps a model is told whole: in a prompt, and as what came of a call."""

import pytest

from tests.checks.test_at_its_edges import told

TYPES = "type Row { names: [text], few: [text] at most 3, labels: map[int], n: int }\n"
GIVEN = (
    "big: [text], few: [text] at most 3, labels: map[int], rows: [Row] at most 3, row: Row, maybe: [int]?, pick: bool"
)


def of_prompt(shown: str) -> list[str]:
    agent = f'agent a({GIVEN}) -> text {{ model "gpt-4o" prompt "{{{{ {shown} }}}}" }}'
    return told("SF303", f"{TYPES}{agent}\nflow main() {{ sleep 1s }}")


def of_result(result: str, then: str = "") -> list[str]:
    text = (
        f"{TYPES}fn some(x: {result}) -> int = 3\nfn all_of(x: {result}) -> [int] = [1]\n"
        f"tool r(x: text) -> {result} read\n"
        f'agent a() -> text {{ model "gpt-4o" prompt "?" use r {then} budget 3 turns }}\nflow main() {{ sleep 1s }}'
    )
    return told("SF303", text)


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("big", ["`big`"]),
        ("few", []),
        ("labels", ["`labels`"]),
        ("maybe", ["`maybe`"]),
        ("row", ["`names` in `row`"]),
        ("row.names", ["`row.names`"]),
        ("row.few", []),
        ("row.n", []),
        ("rows", ["`names` in `rows`"]),
        ("rows[0]", []),
        ("big[0]", []),
        ("big[1:3]", []),
        ("len(big)", []),
        ("first(big, 3)", []),
        ("last(big, 3)", []),
        ("min(big)", []),
        ("max(big)", []),
        ("join(big)", ["`big`"]),
        ("upper(join(big))", ["`big`"]),
        ("[x for x in big]", ["`big`"]),
        ("[x for x in first(big, 3)]", []),
        ("[big for x in few]", ["`big`"]),
        ("[x for x in few if x in big]", ["`big`"]),
        ("[len(big) for x in few]", []),
        ("[labels for x in row.names]", ["`labels`", "`row.names`"]),
        ("if pick then big else few", ["`big`"]),
        ("big + few", ["`big`"]),
        ('labels["a"]', []),
        ("keys(labels)", ["`labels`"]),
        ("first(entries(labels), 3)", []),
    ],
)
def test_what_stands_in_a_prompt(shown: str, names: list[str]) -> None:
    found = of_prompt(shown)
    assert [each.partition(" may hold")[0] for each in found] == names, found


MANY = "may hold any number of"
TOLD = "and the model of `a` is told them all"
SAID = {
    "big": f"`big` {MANY} items, {TOLD} | bound it in its type: `[T] at most 100`, or tell it a part: `last(…, 20)`",
    "labels": f"`labels` {MANY} entries, {TOLD} | tell a part of it: `first(entries(labels), 20)`, or the fields that "
    "are needed",
    "row": f"`names` in `row` {MANY} items, {TOLD} | bound `names` in its type: `[T] at most 100`, or tell the fields "
    "that are needed",
}


@pytest.mark.parametrize(("shown", "said"), SAID.items())
def test_what_is_said_of_it(shown: str, said: str) -> None:
    assert of_prompt(shown) == [said]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("[text] at most 3", None),
        ("text", None),
        ("[text]", "the result of `r` may hold any number of items|tell the model a part: `then first(20)`"),
        ("[text]?", "the result of `r` may hold any number of items|tell the model a part: `then first(20)`"),
        (
            "map[int]",
            "the result of `r` may hold any number of entries|tell the model a part by `then FUNCTION`, or name",
        ),
        ("Row", "`names` in the result of `r` may hold any number of items|bound `names` in its type"),
        (
            "{ a: map[int] }",
            "`a` in the result of `r` may hold any number of entries|tell the model a part by `then FUNCTION`",
        ),
        ("{ a: [[int]] at most 3 }", "a list in the result of `r` may hold any number of items|bound it in its type"),
        (
            "{ a: [map[int]] at most 3 }",
            "a map in the result of `r` may hold any number of entries|tell the model a part",
        ),
    ],
)
def test_what_came_of_a_call(result: str, said: str | None) -> None:
    found = of_result(result)
    if said is None:
        assert found == []
        return
    assert len(found) == 1
    for words in said.split("|"):
        assert words in found[0]
    assert of_result(result, "then some") == []
    assert "what `then` makes of the result of `r`" in of_result(result, "then all_of")[0]


FIELDS = [
    ("n: int", "n.x", "`int` has no field `x` | it has no fields: write `n`"),
    ('e: "a" | "b"', "e.x", '`"a" | "b"` has no field `x` | it has no fields: write `e`'),
    ("xs: [Row] at most 3", "xs.n", "it is a list: take one item (`[0]`, `first(…)`), or go over them with `for`"),
    ("m: map[int]", "m.n", 'a map is asked by key: `["n"]`'),
    ("r: Row", "r.zzz", "`Row` has no field `zzz` | it has names, few, labels, n"),
    ("r: Row", "r.name", "`Row` has no field `name` | did you mean `names`?"),
]


@pytest.mark.parametrize(("given", "asked", "said"), FIELDS)
def test_a_field_that_is_none(given: str, asked: str, said: str) -> None:
    (found,) = told("SF105", f"{TYPES}flow main({given}) -> int {{ return {asked} }}")
    assert said in found


@pytest.mark.parametrize(
    ("answer", "field", "said"),
    [
        ("", "answer", "`approval` has no field `answer` | give the approval `answer { … }` to ask for one"),
        ("", "zzz", "`approval` has no field `zzz` | it has outcome, approved, by, note"),
        ("answer { n: int } ", "zzz", "`approval` has no field `zzz` | it has "),
    ],
)
def test_a_field_of_an_approval_that_is_none(answer: str, field: str, said: str) -> None:
    asks = f'await approval ok "?" {{ {answer}from "g" timeout 1h then reject }}'
    (found,) = told("SF105", f"flow main() -> bool {{ {asks} let x = ok.{field} return ok.approved }}")
    assert found.startswith(said)


@pytest.mark.parametrize(("length", "named"), [(60, True), (61, False)])
def test_a_long_type_is_this_record(length: int, named: bool) -> None:
    type_ = f"{{ {'a' * (length - 9)}: int }}"
    (found,) = told("SF105", f"flow main(r: {type_}) -> int {{ return r.zzz }}")
    assert found.startswith(f"`{type_}` has no field" if named else "this record has no field")
