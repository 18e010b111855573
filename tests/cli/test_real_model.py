"""One flow with one agent, answered by a real model, a played one and a rehearsal: a value of its type each time."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Dsl
from tests.live.played_model import Says, played_model
from tests.live.small_model import is_installed, small_model

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MODEL = "smollm2-135m"

FLOW = f"""edition 1

type Letter {{
  ## What the customer writes about.
  subject: "refund" | "bug" | "question"
  ## Whether the customer is angry.
  angry: bool
  ## How urgent it is.
  urgency: int at least 1 at most 5
}}

agent sort(letter: text) -> Letter {{
  model "{MODEL}"
  instructions "You sort letters of customers. Answer in JSON."
  prompt "{{{{ letter }}}}"
  temperature 0.0
  answer at most 200 tokens
}}

flow main(letter: text) -> Letter budget 10m, 20k tokens, 0.01 usd {{
  step sorted = sort(letter)
  return sorted
}}
"""

PRICE = f'[models."{MODEL}"]\ninput = 0.01\noutput = 0.02\nanswer = 1024\n'


@pytest.fixture
def case(dsl: Dsl) -> Dsl:
    (dsl.folder / "letters.flow").write_text(FLOW)
    (dsl.folder / "steadflow.toml").write_text(PRICE)
    return dsl


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    if not is_installed():
        assert not os.environ.get("STEADFLOW_NEEDS_MODEL"), "the small model is not installed: `make model`"
        pytest.skip("the small model is not installed: `make model`")
    with small_model() as address:
        yield address


def sorted_letter(dsl: Dsl, *options: str) -> dict[str, Any]:
    ended = dsl("run", "letters.flow", "--set", "letter=I want my money back, now!", "--json", *options)
    assert ended.code == 0, ended.err
    last = ended.events[-1]
    fits(last["value"])
    return last


def fits(value: dict[str, Any]) -> None:
    assert set(value) == {"subject", "angry", "urgency"}
    assert value["subject"] in ("refund", "bug", "question")
    assert type(value["angry"]) is bool
    assert 1 <= value["urgency"] <= 5


def test_a_real_model_answers_a_structured_prompt(case: Dsl, real: str) -> None:
    case.environment |= {"OPENAI_API_KEY": "test-key-of-nobody", "OPENAI_BASE_URL": real}
    last = sorted_letter(case)
    assert last["rehearsal"] is False
    assert 0 < last["spent"]["tokens"] <= 20_000
    assert 0 < float(last["spent"]["usd"]) < 0.01
    assert last["spent"]["calls"] == 1


def test_a_played_model_answers_the_same_prompt(case: Dsl) -> None:
    answer = {"subject": "refund", "angry": True, "urgency": 5}
    with played_model() as server:
        server.plans = {MODEL: [Says(json.dumps(answer))]}
        case.environment |= server.environment
        assert sorted_letter(case)["value"] == answer
        (asked,) = server.asked[MODEL]
    properties = asked["response_format"]["json_schema"]["schema"]["properties"]
    assert list(properties) == ["subject", "angry", "urgency"]
    assert (asked["max_completion_tokens"], asked["temperature"]) == (200, 0.0)


def test_a_rehearsal_answers_the_same_prompt(case: Dsl) -> None:
    assert sorted_letter(case, "--rehearse")["rehearsal"] is True


def test_the_check_finds_nothing_to_say(case: Dsl, tmp_path: Path) -> None:
    assert case("check", "letters.flow").code == 0
    ended = case("check", "letters.flow", "--strict")
    assert ended.code == 0, ended.err
