"""What is kept of searches holds, a fault is found, and extremes are refused in words."""

import json
import time
import timeit
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from dsl.analysis import analyse
from dsl.source import Source
from interpreter.cli.problem import Misuse
from interpreter.cli.reading import DEEPEST, parse_json, read_answer
from interpreter.cli.scripted import read_script
from tests.fuzz.properties import PROPERTIES
from tests.fuzz.search import CORPUS, HERE, Search, fault_of, reduced

KEPT = sorted(path for folder in (CORPUS, HERE / "found") for path in folder.glob("*/*"))
NUMBER = "9" * 5_000
LAUGHS = "a: &a [1, 2]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefgh")
)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_kept_holds(path: Path) -> None:
    PROPERTIES[path.parent.name](path.read_bytes())


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in KEPT) < 300_000


@pytest.mark.parametrize(
    "text",
    [
        lambda number: "# dsl: ignore[SF601] x\n" * number,
        lambda number: "".join(f"let a{n} = a{n + 1}\n" for n in range(number)) + f"let a{number} = 1\n",
    ],
    ids=["notes", "constants"],
)
def test_long_rows_take_time_in_proportion(text: Callable[[int], str]) -> None:
    def seconds(number: int) -> float:
        source = Source("f.flow", "edition 1\n" + text(number))
        return min(timeit.repeat(lambda: analyse(source), timer=time.process_time, number=1, repeat=2))

    assert seconds(3_000) < 20 * seconds(375)


def _planted(data: bytes) -> None:
    """A fault where a list begins with the same value twice."""
    text = parse_json(data.decode("utf-8", errors="replace"), "it")
    if isinstance(text, list) and len(text) > 1 and text[0] == text[1]:
        raise KeyError("planted")


def test_a_planted_fault_is_found_and_shown_by_little() -> None:
    fault = fault_of(_planted, b'[1, 1, {"a": "something else"}, 3]')
    assert fault is not None
    assert reduced(_planted, fault).data.startswith(b"[1,1,{")


def test_what_reaches_something_new_is_kept() -> None:
    search = Search(PROPERTIES["given"], [b"1"], seed=1)
    while search.tried < 50:  # a busy machine tries few in so short a time
        assert list(search.run(0.5)) == []
    assert 1 <= len(search.kept) < search.tried
    assert b"1" in search.kept


@pytest.mark.parametrize(
    "statement",
    [
        f"let a = {NUMBER}",
        f"let a = {NUMBER}h",
        f"let a = {NUMBER} hours",
        f"let a = ${NUMBER}",
        f"let a = {NUMBER}k USD",
        f"step a = t() budget {NUMBER} USD",
        f"step a = t() budget {NUMBER} usd",
        "let a = 1e999999999",
        "let a = 0." + "3" * 5_000,
        "let a = " + "-" * 2_000 + "1",
        "let a = " + "not " * 2_000 + "true",
        "let a = " + "{a: " * 10_000 + "1" + "}" * 10_000,
        "let a = " + '"{{ ' * 1_000 + "1" + ' }}"' * 1_000,
        "parallel { " * 10_000 + "}" * 10_000,
        "let " + "_" * 100_000 + " = 1",
        "let a = ١٢٣",
        "let ａ = １",
    ],
    ids=lambda statement: statement[:24],
)
def test_extremes_of_a_text_are_refused_in_words(statement: str) -> None:
    PROPERTIES["source"](f"edition 1\nflow f() {{\n{statement}\n}}\n".encode())


@pytest.mark.parametrize("depth", [DEEPEST + 1, 600, 10_000])
@pytest.mark.parametrize(("opened", "closed"), ["[]", ('{"a":', "}")])
def test_json_that_is_too_deep_is_refused_in_words(opened: str, closed: str, depth: int) -> None:
    text = opened * depth + "1" + closed * depth
    with pytest.raises(Misuse, match="nested too deep"):
        parse_json(text, "the input")
    with pytest.raises(Misuse, match="cannot be used"):
        read_answer([f"field={text}"])


def test_json_of_the_deepest_kind_is_taken() -> None:
    value = json.loads("[" * DEEPEST + "]" * DEEPEST)
    assert read_answer([json.dumps(value)]) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 2026-13-45", "no value: month must be in 1..12"),
        (f"a: {NUMBER}", "no value"),
        ("a: 0x_", "no value"),
        ("a: !!bool x", "no value"),
        ("a: &a [*a]", "holds itself"),
        ("[" * 10_000, "nested more than"),
        ("[" * 150 + "]" * 150, "nested more than"),
        ("- " * 300 + "a", "nested more than"),
        (LAUGHS, "more than"),
    ],
    ids=range(9),
)
def test_yaml_that_is_no_value_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Misuse, match=rf"not YAML: line \d+, column \d+: .*{said}"):
        read_script(path)


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 10_000, f"a = {NUMBER}", "a = 1e" + "9" * 30, ".".join("a" * 1_500) + " = 1", "a = 2026-13-45"],
    ids=range(5),
)
def test_settings_that_are_no_values_are_refused_in_words(text: str) -> None:
    PROPERTIES["settings"](text.encode())
