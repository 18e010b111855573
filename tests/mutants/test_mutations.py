"""Which faults are planted where, and where none is."""

import ast

import pytest

from tests.mutants.mutations import mutations
from tests.mutants.rooms import ROOMS, ROOT, chosen

CASES = {
    "a comparison lets its border go": ("def f(a):\n    g(a < 1)", ["g(a <= 1)", "g(a < 2)", "pass"]),
    "an operand is left out, and the others joined otherwise": (
        "def f(a, b):\n    c = a and b",
        ["c = a", "c = b", "c = a or b"],
    ),
    "a condition is turned round": ("def f(a):\n    if a:\n        b = a", ["if not a:"]),
    "a negation is dropped": ("def f(a):\n    b = not a", ["b = a"]),
    "what a comprehension leaves out stays in": (
        "def f(a):\n    b = [c for c in a if c]",
        ["b = [c for c in a if not c]", "b = [c for c in a if True]"],
    ),
    "a number is off by one": ("MOST = 3", ["MOST = 4"]),
    "a default is another": ("def f(a=True): ...", ["def f(a=False): ..."]),
    "a sum is a difference": ("def f(a, b):\n    c = a + b", ["c = a - b"]),
    "a statement is left out": ("def f(a):\n    a.b = a\n    a.clear()", ["pass", "pass"]),
    "a yes is a no": ("def f(a) -> bool:\n    return g(a)", ["return not g(a)"]),
    "nothing is answered": ("def f(a) -> int | None:\n    return g(a)", ["return None"]),
    "an empty list is answered": ("def f(a) -> list[int]:\n    return g(a)", ["return []"]),
    "a loop ends or goes on": ("def f(a):\n    for b in a:\n        continue", ["break"]),
    "all of them is any of them": ("def f(a):\n    b = all(a)", ["b = any(a)"]),
    "an error is not raised": ("def f(a):\n    raise ValueError", ["pass"]),
    "a guard is turned round": (
        "def f(a):\n    match a:\n        case b if b:\n            c = b",
        ["case b if not b:"],
    ),
}
UNTOUCHED = (
    '"""A text of 3 lines."""',
    "def f(a: 'int | 3') -> 'not a': ...",
    "a: Literal[1]",
    "def f(a):\n    b = f'{a + 1} of 3'",
    "def f(a):\n    log.warning('so many', a + 1)",
    "@dataclass(frozen=True)\nclass A: ...",
    "def f(a):\n    assert a > 3",
)


@pytest.mark.parametrize("case", CASES)
def test_faults(case: str) -> None:
    source, wanted = CASES[case]
    found = mutations("a.py", source)
    assert sorted(each.after for each in found) == sorted(wanted)
    for each in found:
        assert each.before in [" ".join(line.split()) for line in source.splitlines()]
        assert each.applied(source) != source


@pytest.mark.parametrize("source", UNTOUCHED)
def test_what_is_said_and_declared_is_left_alone(source: str) -> None:
    assert [each.change for each in mutations("a.py", source) if each.text != "pass"] == []


def test_a_fault_knows_its_function_and_line() -> None:
    found = mutations(
        "a.py", "class A:\n    def f(self):\n        def g(b=2):\n            return b < 3\n        return g\n"
    )
    assert [(each.function, each.line) for each in found] == [("A.f", 3), ("A.f.g", 4), ("A.f.g", 4)]


def test_text_before_a_fault_may_be_of_any_letters() -> None:
    source = "def f(a):\n    b = 'ü – ' if a == 1 else ''\n"
    assert "    b = 'ü – ' if a != 1 else ''\n" in [
        each.applied(source).split("\n", 1)[1] for each in mutations("a.py", source)
    ]


@pytest.mark.slow
def test_every_fault_of_a_room_is_python() -> None:
    (room,) = chosen("dsl/values")
    for file in room.files():
        source = (ROOT / file).read_text(encoding="utf-8")
        for each in mutations(file, source):
            ast.parse(each.applied(source))


def test_no_file_is_in_two_rooms() -> None:
    files = [file for room in ROOMS for file in room.files()]
    assert len(files) == len(set(files))
    assert all(room.files() for room in ROOMS)


def test_a_room_is_chosen_by_its_name_or_a_part_of_it() -> None:
    assert [room.name for room in chosen("interpreter/core/")] == ["interpreter/core"]
    assert [(room.files(), room.goal) for room in chosen("dsl/checks/irreversible.py")] == [
        (["dsl/checks/irreversible.py"], 92)
    ]
    assert [room.files() for room in chosen("dsl/checks/recursion.py")] == [["dsl/checks/recursion.py"]]
    assert chosen("dsl/cli") == ()
