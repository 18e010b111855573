"""What a model wrote is read as JSON: wrappings with one possible meaning are taken off, all else is a reason."""

from decimal import Decimal
from typing import Any

import pytest

from interpreter.core.model_answers import LONGEST_SHOWN, read, shown_again

WHOLE = '{"s": "hi"}'


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"\ufeff \n{WHOLE}\n",
        f"```json\n{WHOLE}\n```",
        f"```\n{WHOLE}\n```\n",
        f"```  \n{WHOLE}\n```\n",
        f"  ```JSON \r\n{WHOLE}\r\n```  ",
        f"~~~json\n{WHOLE}\n~~~",
        f"````json\n{WHOLE}\n````",
        f"```json{WHOLE}```",
        f"```json {WHOLE}```",
        f"```JSON {WHOLE}\n```",
        f"``` {WHOLE} ```",
        f"```{WHOLE}\n```",
        '```json{"s":\n"hi"}\n```',
        f"[THINK]What to say?[/THINK]{WHOLE}",
        f"[THINK]What to say?[/THINK]\n```json{WHOLE}```",
        f"What to say?[/THINK]\n{WHOLE}",
        f"◁think▷What to say?◁/think▷{WHOLE}",
        f"<think>What to say?</think>{WHOLE}",
        f"<think>\n\n</think>\n\n```json\n{WHOLE}\n```",
        f"<think>{{not the answer}}</think>\n{WHOLE}",
        f"What to say? It is simple.\n</think>\n{WHOLE}",
        f"<thinking>one</thinking><think>two</think>{WHOLE}",
        f"<think>I write ```json and </s>.</think>\n{WHOLE}",
    ],
)
def test_an_answer_in_its_wrappings(text: str) -> None:
    """answer-in-a-code-fence"""
    assert read(text).value == {"s": "hi"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"s": "<think>x</think>"}', {"s": "<think>x</think>"}),
        ('{"s": "a </think> b"}', {"s": "a </think> b"}),
        ('["[THINK]", "[/THINK]"]', ["[THINK]", "[/THINK]"]),
        ("```\ntrue\n```", True),
        ("```json\n42```", 42),
        ("```42```", 42),
        ("```json\n[1]\n```", [1]),
        ('```"json"```', "json"),
        ('{"s": "```json\\n{}\\n```"}', {"s": "```json\n{}\n```"}),
        ('["```"]', ["```"]),
        ('"```"', "```"),
    ],
)
def test_what_stands_in_the_answer_stays(text: str, value: Any) -> None:
    assert read(text).value == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("oops", "Expecting value"),
        ('{"a": [1', "Expecting ',' delimiter"),
        (f"Here it is:\n```json\n{WHOLE}\n```", "there is text around a code fence: answer with the JSON alone"),
        (f"```json\n{WHOLE}\n```\nI hope this helps.", "there is text around a code fence"),
        ("```json\noops\n```", "it stood in a code fence: answer with the JSON alone"),
        (f"Sure! {WHOLE}", "answer with the JSON alone"),
        (f"{WHOLE} {WHOLE}", "Extra data"),
        ("<think>What to say?</think>", "there is reasoning, and no answer after it"),
        ("<think>What to say", "there is reasoning, and no answer after it"),
        ('{"m": 1, "m": 2}', 'the key "m" stands twice in one object'),
        ('{"m": [{"a": 1, "b": 2, "a": 1}]}', 'the key "a" stands twice in one object'),
        ('{"n": NaN}', "NaN is no number"),
        ('{"n": -Infinity}', "-Infinity is no number"),
        ('{"n": 1e99999999999999999999}', "a number is too large"),
        (f'{{"n": {"1" * 5000}}}', "a number has hundreds of digits"),
        ('{"s": "\\ud800"}', "half of a character"),
        ("[" * 100_000, "nested too deep"),
        ("", "no answer"),
    ],
)
def test_why_there_is_no_answer(text: str, problem: str) -> None:
    assert problem in (read(text).problem or "")


def test_decimal_of_a_model_keeps_its_digits() -> None:
    """decimal-of-a-model-loses-digits"""
    found: Any = read('{"n": 0.123456789012345678, "m": 12345678901234567.89, "i": 12345678901234567890123, "z": 1.50}')
    assert [str(found.value[name]) for name in "nmz"] == ["0.123456789012345678", "12345678901234567.89", "1.50"]
    assert found.value["i"] == 12345678901234567890123
    assert type(found.value["z"]) is Decimal


def test_a_long_refused_answer_is_shown_with_its_beginning_and_end() -> None:
    assert shown_again("short") == "short"
    shown = shown_again("a" * LONGEST_SHOWN + "b" * LONGEST_SHOWN)
    assert shown.startswith("aaaa")
    assert shown.endswith("bbbb")
    assert f"… {LONGEST_SHOWN:,} characters …" in shown
    assert len(shown) < LONGEST_SHOWN + 50


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Dear Ann,\nall is well.", "Dear Ann,\nall is well."),
        ("<think>hm</think>\nAll is well.", "All is well."),
        ("```python\nx = 1\n```", "```python\nx = 1\n```"),
        ('{"value": "All is well."}', {"value": "All is well."}),
        ('"All is well."', "All is well."),
        ("42", "42"),
        ("null", "null"),
        ("[The page](https://example.com) says so.", "[The page](https://example.com) says so."),
        ('["a", "b"]', '["a", "b"]'),
        ('{"value": "All is', None),
        ('```json\n{"value": "All is\n```', None),
    ],
)
def test_where_any_text_will_do_one_that_is_no_json_is_the_answer(text: str, answer: Any) -> None:
    assert read(text, any_text=True).value == answer
