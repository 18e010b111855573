"""Which flow calls which: through agents, shortest ways round, called ones first."""

import pytest

from dsl.ast.declarations import AgentDeclaration
from dsl.semantics.call_graph import CallGraph, call_graph, called_first, cycle, function_calls
from dsl.semantics.facts import Facts
from tests.semantics.reading import facts_of

AGENT = 'model "m" prompt "q" budget 9 calls'


def graph(text: str) -> CallGraph:
    return call_graph(facts_of(text))


def called(found: CallGraph) -> dict[str, list[str]]:
    return {name: list(targets) for name, targets in found.calls.items()}


CALLS = {
    "nothing": ("flow a() { }", {"a": []}),
    "a tool calls nothing": ("tool t() read flow a() { step t() }", {"a": []}),
    "a flow": ("flow a() { step b() } flow b() { }", {"a": ["b"], "b": []}),
    "each once": (
        "flow a() { step b() step c() step b() } flow b() { } flow c() { }",
        {"a": ["b", "c"], "b": [], "c": []},
    ),
    "deep inside": ("flow a(x: bool) { if x { try { step b() } on error { } } } flow b() { }", {"a": ["b"], "b": []}),
    "detached": ("flow a() { step b() { detached } } flow b() { }", {"a": ["b"], "b": []}),
    "by an agent": (
        f"flow a() {{ step g() }} agent g() -> text {{ {AGENT} use b }} flow b() {{ }}",
        {"a": ["b"], "b": []},
    ),
    "by an agent of an agent": (
        f"""flow a() {{ step g() }} agent g() -> text {{ {AGENT} use h }}
agent h() -> text {{ {AGENT} use b }} flow b() {{ }}""",
        {"a": ["b"], "b": []},
    ),
    "what nobody declares": ("flow a() { step nobody() }", {"a": []}),
    "itself": ("flow a() depth 3 { step a() }", {"a": ["a"]}),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_a_flow_calls(name: str) -> None:
    text, expected = CALLS[name]
    assert called(graph(text)) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("flow a() { }", ["a"]),
        ("flow a() { step b() } flow b() { }", ["a"]),
        ("flow a() { } flow b() { }", ["a", "b"]),
        ("flow a() depth 2 { step a() }", ["a"]),
        ("flow a() { step b() } flow b() { step a() }", []),
        (f"flow a() {{ step g() }} agent g() -> text {{ {AGENT} use b }} flow b() {{ }}", ["a"]),
    ],
)
def test_main_is_what_no_other_calls(text: str, names: list[str]) -> None:
    assert [flow.name for flow in graph(text).main()] == names


ROUND = """flow a() { step b() step c() }
flow b() { step d() }
flow c() { step a() }
flow d() { step a() }
flow e() { step a() }
"""


@pytest.mark.parametrize(
    ("start", "excluded", "way"),
    [
        ("a", set(), ["c", "a"]),
        ("a", {"c"}, ["b", "d", "a"]),
        ("a", {"b", "c"}, []),
        ("a", {"a"}, []),
        ("d", set(), ["a", "b", "d"]),
        ("e", set(), []),
    ],
)
def test_the_shortest_way_round(start: str, excluded: set[str], way: list[str]) -> None:
    assert [name for name, _ in graph(ROUND).cycle(start, frozenset(excluded))] == way


def test_a_way_has_the_place_of_each_call() -> None:
    found = graph(ROUND)
    assert [place for _, place in found.cycle("a", frozenset())] == [found.calls["a"]["c"], found.calls["c"]["a"]]


def test_of_two_declarations_with_one_name_the_first_counts() -> None:
    found = graph("flow a() { step b() } flow a() { step c() } flow b() { } flow c() { }")
    assert called(found) == {"a": ["b"], "b": [], "c": []}
    agents = (
        f"agent g() -> text {{ {AGENT} use b }} agent g() -> text {{ {AGENT} use c }} flow b() {{ }} flow c() {{ }}"
    )
    assert list(graph(agents).direct["g"]) == ["b"]
    assert isinstance(graph(agents).agents["g"], AgentDeclaration)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("flow a() { step b() } flow b() { step c() } flow c() { }", ["c", "b", "a"]),
        ("flow c() { } flow a() { step b() } flow b() { step c() }", ["c", "b", "a"]),
        ("flow a() { } flow b() { }", ["a", "b"]),
    ],
)
def test_called_ones_come_first(text: str, names: list[str]) -> None:
    assert [flow.name for flow in called_first(facts_of(text))] == names


def test_each_flow_of_a_round_comes_once() -> None:
    assert sorted(flow.name for flow in called_first(facts_of(ROUND))) == ["a", "b", "c", "d", "e"]
    assert called_first(facts_of(ROUND))[-1].name == "e"


def test_functions_call_functions() -> None:
    facts: Facts = facts_of(
        "fn one(t: text) -> int = len(t) fn two(t: text) -> int = one(t) + one(t) fn three(n: int) -> int = three(n)"
    )
    found = function_calls(facts)
    assert {name: list(targets) for name, targets in found.items()} == {"one": [], "two": ["one"], "three": ["three"]}
    assert [name for name, _ in cycle(found, "three", frozenset())] == ["three"]
