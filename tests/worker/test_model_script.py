"""A file of scripted answers: what it can say, and its slips of the pen with their places."""

from pathlib import Path

import pytest

from interpreter.providers.scripted import Scripted
from interpreter.worker.flows import definitions
from interpreter.worker.model_script import UnusableModels, read_models

FLOW = """edition 1
tool orders.find(id: text) -> text read
agent helper(q: text) -> text { model "m" prompt "{{ q }}" use orders.find budget 3 turns }
flow main() -> text budget 1h, 9k tokens { step a = helper("why") return a }
"""
DEFINITIONS = definitions([FLOW])


def written(folder: Path, text: str) -> Path:
    file = folder / "shop.models.yaml"
    file.write_text(text)
    return file


def test_all_that_it_can_say(tmp_path: Path) -> None:
    text = """
helper:
  - calls: [{ orders.find: { id: o-1 } }, { orders.find: }]
    says: I look it up.
  - { fails: RateLimited, retry_after: 1m30s }
  - { when: second, answer: { amount: 0.10, exact: 0.123456789012345678901 } }
other:
  says: "yes"
"""
    script = read_models(written(tmp_path, text))
    assert script.name == "shop.models.yaml"
    assert script.agents == {
        "helper": [
            Scripted(calls=(("orders.find", {"id": "o-1"}), ("orders.find", {})), says="I look it up."),
            Scripted(fails="RateLimited", retry_after=90.0),
            Scripted(answer={"amount": 0.1, "exact": "0.123456789012345678901"}, when="second"),
        ],
        "other": [Scripted(says="yes")],
    }


MISTAKES = {
    "helpr: { answer: x }": "1:1: there is no agent `helpr`; did you mean `helper`?",
    "helper: [calls: [orders.fnd: {}]]": "1:18: `helper` does not use `orders.fnd`; did you mean `orders.find`?",
    "helper: [{ answr: x }]": "1:12: unknown key `answr`; did you mean `answer`?",
    "helper: [{ answer: x, says: y }]": "1:10: it needs one of `answer`, `says`, `calls` and `fails`",
    "helper: [{ when: x }]": "1:10: it needs one of `answer`, `says`, `calls` and `fails`",
    "helper:\n  - fails: RateLimit": "2:12: a model does not fail with `RateLimit`; did you mean `RateLimited`?",
    "helper: [{ fails: Refused, retry_after: soon }]": "1:41: `soon` is no duration; write it as `1s` or `2m30s`",
    "helper: [{ answer: x, retry_after: 1s }]": "1:36: `retry_after` goes with `fails`",
    "helper: [{ calls: orders.find }]": "1:19: `calls` is a list, as in `calls: [{ orders.find: { id: o-1 } }]`",
    "helper: [yes]": "1:10: expected a mapping with `answer`, `says`, `calls` or `fails`",
    "helper: [{ when: [x], answer: y }]": "1:18: a text is expected here",
    "helper: [{ answer: x, answer: y }]": "1:23: `answer` stands twice",
    "[helper]": "1:1: the file maps names of agents to what their models say",
    "helper: [": "1:10: expected the node content, but found '<stream end>'",
    "": ": the file maps names of agents to what their models say",
}


@pytest.mark.parametrize(("text", "told"), MISTAKES.items(), ids=list(MISTAKES.values()))
def test_a_slip_of_the_pen_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UnusableModels) as refused:
        read_models(written(tmp_path, text), DEFINITIONS)
    assert str(refused.value).removeprefix(f"{tmp_path / 'shop.models.yaml'}:").strip() == told.removeprefix(": ")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnusableModels, match=r"none\.yaml cannot be read"):
        read_models(tmp_path / "none.yaml")
