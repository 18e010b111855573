"""What agents use is reached, shown to models with its documentation, and believed of no definition from elsewhere."""

import json
from typing import Any

import pytest

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.expressions import Apply, Widen
from dsl.ast.node import walk
from dsl.definition.canonical import canonical
from dsl.definition.seal import UnknownFlow
from dsl.definition.unseal import UnsealError, narrow, unseal
from tests.definition.reading import definition, sealed

TEXT = """edition 1

## A page that was found.
type Page {
  ## Its title.
  title: text
}
type Query {
  ## What is looked for.
  words: text
}
type Unseen { page: Page }
type Order {
  ## Which one.
  id: text
}

## Looks in the web.
tool web.search(
  ## What to look for.
  query: Query) -> [Page] at most 9 read
## Nobody sees this.
tool books.find(key: text) -> { id: text }? read
tool books.reverse(id: text) idempotent
tool books.post(order: Order, amount: decimal, order_key: text) -> { id: text } write {
  key as order_key
  verify books.find(key: key)
  compensate books.reverse(id: result.id)
}
tool never.reached(page: Unseen) idempotent

fn titles(pages: [Page], count: int = 3) -> [text] = [page.title for page in first(pages, count)]

## Looks closer.
agent closer(
  ## At what.
  query: Query) -> { answer: text } {
  model "gpt-4o"
  prompt "{{ query.words }}"
  use web.search then titles
  budget 3 turns
}

## Posts an order.
flow post(
  ## The order.
  order: Order) -> text {
  step done = books.post(order, 3)
  return done.id
}

agent helper(question: text, paid: bool, most: number) -> { answer: text } {
  model "gpt-4o"
  prompt "{{ question }}"
  use closer when paid
  use post after approval from "leads" timeout 4h then reject only if order.id != question else "not {{ order.id }}"
  use books.post only if amount <= decimal(most) and len(titles([], 1)) == 0 else "less"
  budget 9 turns
}

flow main(question: text) -> text {
  step reply = helper(question, true, 3)
  return reply.answer
}
"""


def test_what_is_used_is_reached_and_what_that_needs() -> None:
    found = definition(TEXT, "main")
    assert list(found.agents) == ["closer", "helper"]
    assert list(found.flows) == ["main", "post"]
    assert list(found.tools) == ["books.find", "books.post", "books.reverse", "web.search"]
    assert list(found.types) == ["Order", "Page", "Query"]


def test_documentation_stays_where_a_model_sees_it() -> None:
    found = definition(TEXT, "main")
    assert found.tools["web.search"].doc == "Looks in the web."
    assert found.tools["web.search"].parameters[0].doc == "What to look for."
    assert found.agents["closer"].doc == "Looks closer."
    assert found.flows["post"].doc == "Posts an order."
    assert found.flows["post"].parameters[0].doc == "The order."
    assert found.tools["books.find"].doc is None
    docs = {name: [getattr(node, "doc", None) for node in walk(type_)] for name, type_ in found.types.items()}
    assert "What is looked for." in docs["Query"]
    assert "Which one." in docs["Order"]
    assert set(docs["Page"]) == {None}, "a result is no part of what a model is told it may call"


def test_a_used_flow_has_the_hash_that_it_has_alone() -> None:
    whole, alone = definition(TEXT, "main"), definition(TEXT, "post")
    assert narrow(whole, "post") == alone
    assert alone.flows["post"].doc is None


def test_the_count_of_equal_calls_is_written_down_for_an_agent_that_calls() -> None:
    plain = definition(TEXT.replace("  use web.search then titles\n  budget 3 turns\n", ""), "main")
    assert definition(TEXT, "main").agents["closer"].repeats == 3
    assert plain.agents["closer"].repeats is None


def test_functions_are_written_out_with_the_conversions_of_their_own() -> None:
    found = definition("edition 1 fn half(x: number) -> number = x / 2 flow main() -> number { return half(3) }")
    (applied,) = (node for node in walk(found.flows["main"]) if isinstance(node, Apply))
    assert [argument.name for argument in applied.arguments] == ["x"]
    assert isinstance(applied.arguments[0].value, Widen)
    assert applied.function == "half"


def test_a_function_that_changes_changes_the_hash_of_those_that_call_it() -> None:
    text = "edition 1 fn f(x: int) -> int = x + 1 flow calls() -> int { return f(1) } flow other() -> int { return 1 }"
    changed = text.replace("x + 1", "x + 2")
    assert sealed(text, "calls").hash != sealed(changed, "calls").hash
    assert sealed(text, "other").hash == sealed(changed, "other").hash


def _name(name: str) -> dict[str, Any]:
    return {"node": "Name", "name": name}


ODD: dict[str, tuple[int, dict[str, Any], str]] = {
    "nothing of that name": (0, {"target": "nobody"}, "nothing is called `nobody`"),
    "a condition over what the model writes": (1, {"when": _name("order")}, "there is no name `order`"),
    "a result before there is one": (0, {"when": _name("result")}, "there is no name `result`"),
    "a result of what the model wrote": (2, {"then": _name("amount")}, "there is no name `amount`"),
    "a bound over what nobody has": (2, {"only": _name("result")}, "there is no name `result`"),
    "words over what nobody has": (2, {"otherwise": _name("result")}, "there is no name `result`"),
    "no words": (2, {"otherwise": None}, "says nothing where a call is refused"),
    "the same twice": (0, {"target": "post"}, "it uses `post` twice"),
    "itself": (0, {"target": "helper"}, "it calls itself, without end"),
    "a gate without an end": (
        0,
        {"gate": [{"node": "Stage", "whom": [{"node": "Group", "name": "x"}]}]},
        "stage 1 of the use of `closer` has no end",
    ),
    "who is asked by the model": (
        2,
        {
            "gate": [
                {
                    "node": "Stage",
                    "whom": [{"node": "Person", "value": {"node": "Get", "subject": _name("order"), "name": "id"}}],
                    "timeout": 5,
                    "outcome": "reject",
                }
            ]
        },
        "there is no name `order`",
    ),
    "groups that nobody knows": (
        0,
        {
            "gate": [
                {
                    "node": "Stage",
                    "whom": [{"node": "ChosenGroup", "value": {"node": "Literal", "value": "x"}}],
                    "timeout": 5,
                    "outcome": "reject",
                }
            ]
        },
        "nothing says which groups may be asked",
    ),
    "a group that the model names": (
        2,
        {
            "gate": [
                {
                    "node": "Stage",
                    "whom": [{"node": "ChosenGroup", "value": _name("amount"), "groups": ["x"]}],
                    "timeout": 5,
                    "outcome": "reject",
                }
            ]
        },
        "there is no name `amount`",
    ),
    "a function that reads what is around it": (
        0,
        {"when": {"node": "Apply", "function": "f", "arguments": [], "body": _name("paid")}},
        "there is no name `paid`",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_a_use_from_elsewhere_is_looked_into(name: str) -> None:
    place, changes, reason = ODD[name]
    form = json.loads(sealed(TEXT, "main").json)
    form["agents"]["helper"]["uses"][place].update(changes)
    with pytest.raises(UnsealError, match=reason):
        unseal(canonical(form))


@pytest.mark.parametrize(
    "budget", [None, {"node": "Budget", "tokens": 900}, {"node": "Budget", "turns": 0}, {"node": "Budget", "turns": -1}]
)
def test_turns_have_an_end(budget: object) -> None:
    form = json.loads(sealed(TEXT, "main").json)
    form["agents"]["helper"]["budget"] = budget
    with pytest.raises(UnsealError, match="its turns have no end"):
        unseal(canonical(form))


@pytest.mark.parametrize("count", ["side_by_side", "repeats"])
def test_counts_are_one_or_more(count: str) -> None:
    form = json.loads(sealed(TEXT, "main").json)
    form["agents"]["helper"][count] = 0
    with pytest.raises(UnsealError, match="less than one"):
        unseal(canonical(form))


def test_what_one_use_says_of_several_is_said_of_each() -> None:
    text = TEXT.replace("use closer when paid", 'use closer, web.search only if query.words != "" else "what?"')
    agent = definition(text, "main").agents["helper"]
    assert isinstance(agent, AgentDeclaration)
    assert [use.target for use in agent.uses if use.only is not None] == ["closer", "web.search", "post", "books.post"]


def test_a_flow_that_requires_approval_is_sealed_with_those_that_call_it() -> None:
    text = "edition 1 flow asks() { step pays() } flow pays() requires approval { sleep 1s }"
    assert definition(text, "asks").flows["pays"].requires_approval
    with pytest.raises(UnknownFlow, match="`pays` requires approval"):
        sealed(text, "pays")
