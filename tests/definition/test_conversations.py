"""What the sealed definition says of conversations, and what comes of it when it is evaluated."""

from typing import Any

import pytest

from dsl.ast import expressions, statements
from dsl.ast.node import walk
from dsl.ast.statements import transcript_name
from dsl.ast.types import ConversationType, OptionalType
from dsl.definition.definition import Definition
from dsl.definition.unseal import UnsealError, unseal
from dsl.expressions.context import CONSTANT
from dsl.expressions.evaluate import evaluate
from dsl.expressions.values import Reference
from dsl.values.conversations import conversation, size_of
from dsl.values.validate import converting
from tests.definition.reading import definition, sealed

HEAD = """edition 1
type Held { talk: conversation at most 3 messages, n: int }
agent helper(q: text) -> text { model "gpt-4o" prompt "{{ q }}" }
flow main(talk: conversation, big: text, ids: [text] at most 5) -> int budget 10k tokens {
"""
HELLO = {"role": "user", "text": "Hello"}
KEPT = Reference("ab" * 32, 900)
TALK = conversation(KEPT, [HELLO], [40, 50, 60, size_of(HELLO)])


def flow(body: str) -> Definition:
    return definition(f"{HEAD}{body}\n}}")


def value(expression: str, type_: str = "", **scope: Any) -> Any:
    """What `expression` comes to in a `var` of the type."""
    found = flow(f"var x{type_ and f': {type_}'} = {expression} return 1")
    var = found.flows["main"].body.statements[0]
    assert isinstance(var, statements.Var)
    assert var.value is not None
    return evaluate(var.value, {"talk": TALK, "big": KEPT, **scope}, converting(CONSTANT, found.types))


def test_a_transcript_is_a_name_that_the_step_binds() -> None:
    found = flow("step one = helper(big) step two = helper(big) return len(transcript(one))")
    one, two, _ = found.flows["main"].body.statements
    assert isinstance(one, statements.Step)
    assert isinstance(two, statements.Step)
    assert (one.transcript, two.transcript) == (True, False)
    names = [node.name for node in walk(found.flows["main"].body) if isinstance(node, expressions.Name)]
    assert transcript_name("one") in names


def test_what_an_agent_goes_on_with_is_made_sure_of() -> None:
    """A conversation that was large enough to lie elsewhere is fetched before the agent begins."""
    step, _ = flow("step one = helper(big) { continue talk } return 1").flows["main"].body.statements
    assert isinstance(step, statements.Step)
    assert isinstance(step.continues, expressions.Widen)
    assert step.continues.type == OptionalType(ConversationType())


def test_a_hash_differs_by_what_an_agent_goes_on_with() -> None:
    texts = [
        "step one = helper(big) return 1",
        "step one = helper(big) { continue talk } return 1",
        "step one = helper(big) { continue [] } return 1",
        "step one = helper(big) return len(transcript(one))",
    ]
    assert len({sealed(f"{HEAD}{each}\n}}").hash for each in texts}) == 4


def test_len_is_how_many_messages_there_are() -> None:
    assert value("len(talk)") == 4
    assert value("len(value: talk)") == 4
    assert value("len([talk, talk])") == 2


def test_last_keeps_the_last() -> None:
    assert value("last(talk, 3)")["sizes"] == [50, 60, size_of(HELLO)]
    assert value("last(count: 1, items: talk)") == conversation(None, [HELLO], [size_of(HELLO)])
    assert value("last(talk, 9)") == TALK
    assert value("len(last(talk, 2))") == 2


def test_messages_are_added() -> None:
    added = {"role": "assistant", "text": "Hi"}
    assert value('talk + [{ role: "assistant", text: "Hi" }]') == conversation(
        KEPT, [HELLO, added], [*TALK["sizes"], size_of(added)]
    )
    assert value('talk + [{ text: "Hi", role: "assistant" }] + []')["tail"] == [HELLO, added]
    assert value('[] + [{ role: "user", text: "x" }]', "conversation")["sizes"] == [
        size_of({"role": "user", "text": "x"})
    ]
    said = value('talk + [{ role: "user", text: id } for id in ids]', ids=["a", "b"])
    assert [each["text"] for each in said["tail"]] == ["Hello", "a", "b"]
    assert value('talk + [{ role: "user", text: big }]')["tail"][1] == {"role": "user", "value": KEPT}


@pytest.mark.parametrize("written", ["talk", "{ talk: talk, n: 1 }.talk", "(if true then talk else [])", "[talk][0]"])
def test_a_bound_holds_wherever_it_is_put(written: str) -> None:
    assert len(value(written, "conversation at most 2 messages")["sizes"]) == 2
    assert value(written, "conversation") == TALK


def test_a_bound_holds_inside_a_record() -> None:
    assert value("{ talk: talk, n: 1 }", "Held")["talk"]["sizes"] == [50, 60, size_of(HELLO)]
    assert value("[{ talk: talk, n: 1 }]", "[Held]")[0]["talk"]["sizes"] == [50, 60, size_of(HELLO)]


def test_a_transcript_of_a_step_that_gives_none_is_no_definition() -> None:
    data = sealed(f"{HEAD}step one = helper(big) return len(transcript(one))\n}}").json
    with pytest.raises(UnsealError, match=r"there is no name `transcript\(one\)`"):
        unseal(data.replace(b'"transcript":true', b'"transcript":false'))


def test_functions_take_and_give_conversations() -> None:
    text = f"""{HEAD.split("flow main", maxsplit=1)[0]}
fn size(t: conversation) -> int = len(t)
fn short(t: conversation) -> conversation at most 2 messages = t
fn added(t: conversation, s: text) -> conversation = short(t) + [{{ role: "user", text: s }}]
flow main(talk: conversation, big: text) -> int budget 10k tokens {{
  let it = {{ n: size(talk), short: short(talk), added: added(talk, "x") }}
  return it.n
}}
"""
    found = definition(text)
    let = found.flows["main"].body.statements[0]
    assert isinstance(let, statements.Let)
    it: Any = evaluate(let.value, {"talk": TALK}, converting(CONSTANT, found.types))
    assert it["n"] == 4
    assert it["short"]["sizes"] == [60, size_of(HELLO)]
    assert [each["text"] for each in it["added"]["tail"]] == ["Hello", "x"]
    assert len(it["added"]["sizes"]) == 3
