"""`dsl plan` as it is typed, and its page in the documentation."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from interpreter.cli.commands.plan import plan
from tests.house.checkout import ROOT

LISTS = """edition 1
tool orders.ship(id: text) -> { id: text } write keyed final
flow ship(orders: [text] at most 1000, gifts: { ids: [text] at most 10 }) {
  for order in orders { step orders.ship(id: order) }
  for gift in gifts.ids { step given = orders.ship(id: gift) }
}
"""
ASKS = """edition 1
tool send(to: text) write keyed final
agent judge(x: text) -> bool { model "gpt-4o-mini" prompt "{{ x }}" budget 1k tokens }
flow main(x: text) -> bool budget 2d {
  step good = judge(x)
  await approval sure "Send it?" { from "leads" timeout 3h then ask from 2 of "board", "owners" timeout 1d then reject }
  step send(to: x)
  return good and sure.approved
}
"""


def planned(*arguments: str, text: str = LISTS) -> Result:
    return CliRunner().invoke(plan, ["-", *arguments], input=text)


def found(*arguments: str, text: str = LISTS) -> dict[str, Any]:
    result = planned(*arguments, "--json", text=text)
    assert result.exit_code == 0, result.stderr
    read: dict[str, Any] = json.loads(result.stdout)
    return read


def test_the_documentation_shows_the_plan_of_the_example() -> None:
    shown = CliRunner().invoke(plan, [str(ROOT / "examples" / "support.flow")])
    assert shown.exit_code == 0
    assert f"```\n{shown.stdout.rstrip()}\n```" in (ROOT / "docs" / "plan.md").read_text(encoding="utf-8")


def test_lists_are_as_long_as_their_types_allow_or_as_they_are() -> None:
    most = found()
    assert [(each["name"], each["most"]) for each in most["called"]] == [("orders.ship", 1010)]
    assert {text: more["calls"] for text, more in most["each_item"].items()} == {"orders": 1, "gifts.ids": 1}
    given = found("--input", '{"orders": ["a", "b"], "gifts": {"ids": []}}')
    assert [(each["name"], each["most"]) for each in given["called"]] == [("orders.ship", 2)]
    assert given["each_item"] == {}
    assert given["most"]["executions"] == 1 < most["most"]["executions"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{}", "orders: is missing"),
        ('{"orders": [], "gift": {"ids": []}}', "did you mean `gifts`?"),
        ('{"orders": [7], "gifts": {"ids": []}}', "orders[0]: expected text"),
        ('{"orders": [], "gifts": {"ids": "all"}}', "gifts.ids: expected a list"),
    ],
)
def test_an_input_that_no_run_would_begin_with_has_no_plan(given: str, said: str) -> None:
    result = planned("--input", given)
    assert (result.exit_code, said in result.stderr, result.stdout) == (2, True, ""), result.stderr


def test_what_one_item_more_makes_where_a_model_may_go_on_as_it_likes() -> None:
    text = ASKS.replace("budget 1k tokens", "use look budget 2 turns, 1k tokens")
    text = text.replace(
        "agent judge", "tool look(x: text) -> text read\ntool keep(x: text) write keyed final\nagent judge"
    )
    text = text.replace("flow main(x: text)", "flow main(x: text, notes: [text] at most 9)")
    text = text.replace("  await approval", "  for note in notes { step keep(x: note) }\n  await approval")
    plan = found(text=text)
    assert (plan["each_item"]["notes"]["calls"], plan["each_item_most"]["notes"]["calls"]) == (None, 6)


def test_who_is_asked_and_until_when() -> None:
    asked = found(text=ASKS)["asked"]
    assert asked == [
        {
            "name": "sure",
            "line": 6,
            "stages": [
                'from "leads" timeout 3h then ask',
                'from 2 of "board", "owners" timeout 1d then reject',
            ],
        }
    ]


def test_which_groups_data_may_choose() -> None:
    text = ASKS.replace("flow main(x: text)", 'flow main(x: text, by: "board" | "legal")')
    text = text.replace('of "board", "owners"', 'of group by, "owners", group "staff"')
    (asked,) = found(text=text)["asked"]
    assert asked["groups"] == {"by": ["board", "legal"]}


@pytest.mark.parametrize(
    ("limit", "over"),
    [
        (("--max-tokens", "1000"), None),
        (("--max-tokens", "999"), "up to 1,000, and at most 999 tokens are wanted; most of it"),
        (("--max-days", "3"), None),
        (
            ("--max-days", "0.5"),
            "at most 12h of time are wanted; most of it comes from line 6: await approval sure",
        ),
        (("--max-usd", "0"), "US dollars are wanted; most of it comes from line 5: step good = judge(x)"),
        (("--max-events", "5"), "and at most 5 events are wanted"),
    ],
)
def test_a_limit_that_may_be_exceeded_ends_with_one_and_says_where(limit: tuple[str, str], over: str | None) -> None:
    result = planned(*limit, text=ASKS)
    assert (result.exit_code, (over or "") in result.stderr) == (int(over is not None), True), result.stderr


def test_what_no_text_bounds_is_over_every_limit() -> None:
    open_ = ASKS.replace(" budget 1k tokens }", " }").replace("budget 2d", "")
    result = planned("--max-tokens", "5", text=open_)
    where = "more than the text bounds, and at most 5 tokens are wanted; what has none is line 5: step good = judge(x)"
    assert (result.exit_code, where in result.stderr) == (1, True), result.stderr
    assert "line 5, `step good = judge(x)`: 36 model requests, no bound of tokens" in result.stdout


def test_the_line_of_a_loop_that_waits_for_its_next_round() -> None:
    loop = "edition 1\ntool tick() write keyed final\nflow main() {\n  loop daily budget 3 iterations every 1d {\n"
    text = loop + "    step tick()\n    sleep 2h\n  }\n}\n"
    result = planned("--max-days", "1", text=text)
    assert (result.exit_code, "comes from line 4: loop daily" in result.stderr) == (1, True), result.stderr
    result = planned("--max-days", "1", text=text.replace("sleep 2h", "sleep 30h"))
    assert (result.exit_code, "comes from line 6: sleep 30h" in result.stderr) == (1, True), result.stderr


def test_the_line_of_an_event_that_is_waited_for() -> None:
    text = 'edition 1\nflow main() {\n  await event mail: text from "a" timeout 3d else { return }\n}\n'
    result = planned("--max-days", "1", text=text)
    assert (result.exit_code, "comes from line 3: await event mail" in result.stderr) == (1, True), result.stderr


@pytest.mark.parametrize(
    ("arguments", "text", "code", "said"),
    [
        ((), "edition 1\nflow main() { step x = nothing() }\n", 4, "nothing"),
        (("--flow", "other"), LISTS, 2, "there is no flow `other`"),
        ((), "edition 1\nflow a() {}\nflow b() {}\n", 2, "choose a flow with --flow: a, b"),
        ((), "edition 1\n", 2, "there is no flow in this file"),
        (("--input", "[1]"), LISTS, 2, "the input of a flow is a JSON object"),
        (("--input", "no.json"), LISTS, 2, "no.json"),
    ],
)
def test_what_cannot_be_planned_is_said(arguments: tuple[str, ...], text: str, code: int, said: str) -> None:
    result = planned(*arguments, text=text)
    assert (result.exit_code, said in result.output + result.stderr) == (code, True), result.output


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(plan, [str(tmp_path / "none.flow")])
    assert (result.exit_code, "there is no file" in result.stderr) == (2, True)
