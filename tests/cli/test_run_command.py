"""`dsl run` and `dsl attach` from start to end, on a real server, as somebody types them."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CASES, Dsl

SHOP = CASES / "shop.flow"


@pytest.fixture
def approving(tmp_path: Path) -> Path:
    answers = tmp_path / "answers.yaml"
    answers.write_text("keep: { decision: approve, by: ada, answer: { count: 3 }, note: fine }")
    return answers


def test_the_result_alone_is_on_standard_output(dsl: Dsl, approving: Path) -> None:
    ended = dsl("run", SHOP, "--set", "item=book", "--answers", approving)
    assert ended.code == 0, ended.err
    assert ended.json == {"id": "hold-book", "price": "12.50", "count": 5, "note": None}
    assert "tools: " in ended.err, "which tools were chosen is said"
    assert "ada answers keep: approve (approved)" in ended.err
    assert "/namespaces/default/workflows/shop-" in ended.err
    for line in ("hold  started  shop.reserve", "hold  completed", "keep  asks  Keep book for 12.50?"):
        assert line in ended.err


def test_json_is_one_object_a_line_and_the_result_the_last(dsl: Dsl, approving: Path) -> None:
    events = dsl("run", SHOP, "--input", '{"item": "book", "count": 1}', "--answers", approving, "--json").events
    assert events[0] == {"event": "run", "run": events[-1]["run"]}
    assert [event["number"] for event in events if event["event"] == "note"] == list(range(1, 10))
    assert events[-1]["event"] == "result"
    assert events[-1]["outcome"] == "completed"
    assert events[-1]["value"]["count"] == 4
    assert events[-1]["rehearsal"] is False


def test_a_failure_is_shown_in_the_file_after_the_undo(dsl: Dsl, shop_log: Path) -> None:
    ended = dsl("run", SHOP, "--set", "item=moon")
    assert ended.code == 1
    assert ended.out == ""
    assert "error[OutOfStock]: there is only one moon" in ended.err
    assert f"--> {SHOP}:15:5" in ended.err
    assert "step price = shop.price(item)" in ended.err
    assert ended.err.index("undone") < ended.err.index("error[OutOfStock]")
    assert shop_log.read_text() == "reserve moon\nrelease hold-moon\n"


def test_a_failure_as_json_has_its_place(dsl: Dsl) -> None:
    ended = dsl("run", SHOP, "--set", "item=moon", "--json")
    assert ended.code == 1
    last = ended.events[-1]
    assert (last["outcome"], last["kind"], last["path"]) == ("failed", "OutOfStock", "shop/parallel#1/price")
    assert last["place"] == {"file": str(SHOP), "line": 15, "column": 5}


def test_without_a_terminal_it_says_how_to_answer_and_waits(dsl: Dsl) -> None:
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "waits")
    running.until("dsl approve waits --answer count=… --answer note=…")
    approved = dsl.here(
        "approve", "waits", "--group", "team", "--answer", "count=2", "--answer", "note=all well", "--by", "ada"
    )
    assert (approved.code, approved.out) == (0, "keep: approved (unverified, by ada for team)\n"), approved.err
    ended = running.end()
    assert ended.code == 0
    assert ended.json["note"] == "all well"


@pytest.mark.slow
def test_a_queue_that_nothing_works_on_is_named(dsl: Dsl, tmp_path: Path) -> None:
    flow = tmp_path / "far.flow"
    flow.write_text(
        'edition 1\ntool far.look() -> text read { queue "far" }\nflow far() -> text { step x = far.look() return x }'
    )
    running = dsl.start("run", flow)
    said = running.until("dsl worker --task-queue far")
    assert "nothing works on the task queue far, where the tool far.look waits" in said
    running.interrupt()
    running.until("again within")
    running.interrupt()
    assert running.end().code == 1


@pytest.mark.slow
def test_ctrl_c_leaves_the_run_and_attach_carries_it_on(dsl: Dsl, approving: Path, shop_log: Path) -> None:
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "left")
    running.until("keep  asks")
    running.interrupt()
    left = running.end()
    assert left.code == 130
    assert "The run stays on disk. Come back with: dsl attach left" in left.err
    shown = dsl.here("show", "left")
    assert "status  running" in shown.out, "it can be asked without a worker"
    assert "keep: Keep book for 12.50?" in shown.out
    attached = dsl("attach", "left", "--answers", approving)
    assert attached.code == 0, attached.err
    assert attached.json["count"] == 5
    assert shop_log.read_text() == "reserve book\n", "no completed step runs again"


@pytest.mark.slow
def test_a_second_ctrl_c_cancels_and_waits_for_the_undo(dsl: Dsl, shop_log: Path) -> None:
    running = dsl.start("run", SHOP, "--set", "item=book", "--id", "cancelled")
    running.until("keep  asks")
    running.interrupt()
    running.until("again within")
    running.interrupt()
    ended = running.end()
    assert ended.code == 1
    assert "the run cancelled was cancelled" in ended.err
    assert shop_log.read_text() == "reserve book\nrelease hold-book\n"


def test_at_a_terminal_it_asks_until_it_has_a_valid_answer(dsl: Dsl) -> None:
    terminal = dsl.at_terminal("run", SHOP, "--set", "item=book")
    shown = terminal.until("[l]ater: ")
    assert "keep: Keep book for 12.50?" in shown
    assert 'hold = {"id": "hold-book"}' in shown
    terminal.type("maybe")
    terminal.until("[l]ater: ")
    terminal.type("a")
    terminal.until("count (whole number, at least 1): ")
    terminal.type("many")
    terminal.until("a whole number is needed")
    terminal.until("count (whole number, at least 1): ")
    terminal.type("0")
    terminal.until("at least 1 is required, not 0")
    terminal.until("count (whole number, at least 1): ")
    terminal.type("4")
    terminal.until("may be empty): ")
    terminal.type("good")
    assert terminal.end() == 0
    assert '"count": 6' in terminal.said
    assert '"note": "good"' in terminal.said


@pytest.mark.slow
def test_a_question_that_is_answered_elsewhere_gives_the_terminal_back(dsl: Dsl) -> None:
    terminal = dsl.at_terminal("run", SHOP, "--set", "item=book", "--id", "elsewhere")
    terminal.until("[l]ater: ")
    assert dsl.here("reject", "elsewhere", "keep", "--group", "team", "--note", "too dear").code == 0
    assert terminal.end() == 1
    assert "this question is closed now" in terminal.said
    assert "book is not wanted" in terminal.said


@pytest.mark.slow
def test_ctrl_d_leaves_the_question_to_others(dsl: Dsl) -> None:
    terminal = dsl.at_terminal("run", SHOP, "--set", "item=book", "--id", "left-open")
    terminal.until("[l]ater: ")
    terminal.press("\x04")
    terminal.until("dsl approve left-open")
    assert dsl.here("approve", "left-open", "--group", "team", "--answer", "count=1").code == 0
    assert terminal.end() == 0


@pytest.mark.slow
def test_a_tree_is_drawn_at_a_terminal(dsl: Dsl, approving: Path) -> None:
    terminal = dsl.at_terminal("run", SHOP, "--set", "item=book", "--answers", approving)
    assert terminal.end() == 0
    final = terminal.said[terminal.said.rindex("✓ shop") :]
    assert "✓ hold" in final
    assert "shop.reserve" in final
    assert "✓ keep" in final


@pytest.mark.slow
def test_a_rehearsal_is_said_to_be_one(dsl: Dsl, tmp_path: Path) -> None:
    flow = tmp_path / "ask.flow"
    flow.write_text(
        "edition 1\n"
        'agent clerk(q: text) -> { answer: text } { model "gpt-4o-mini" prompt "{{ q }}" }\n'
        "flow ask(q: text) -> text budget 10k tokens { step a = clerk(q) return a.answer }"
    )
    refused = dsl("run", flow, "--set", "q=why")
    assert (refused.code, refused.out) == (2, "")
    assert "the flow asks a model (clerk), and there is no OPENAI_API_KEY" in refused.err
    ended = dsl("run", flow, "--set", "q=why", "--rehearse", "--id", "rehearsed-alone")
    assert ended.code == 0, ended.err
    (row,) = [
        line for line in dsl.here("runs", "--flow", "ask").out.splitlines() if line.startswith("rehearsed-alone ")
    ]
    assert "  [rehearsal, staged] completed" in row
    for listed in (
        dsl.here("runs", "--flow", "ask", "--json").json[0],
        dsl.here("result", "rehearsed-alone", "--json").json,
    ):
        assert list(listed)[1:3] == ["rehearsal", "staged"]
        assert (listed["rehearsal"], listed["staged"]) == (True, True)
    shown = dsl.here("show", "rehearsed-alone").out.splitlines()
    assert [line.split(":")[0] for line in shown[1:3]] == ["This was a rehearsal", "Nothing was written"]
    assert list(dsl.here("show", "rehearsed-alone", "--json").json)[1:3] == ["rehearsal", "staged"]
    assert "rehearsal: no model is asked" in ended.err
    assert "[rehearsal: no model was asked]" in ended.err
    assert "This was a rehearsal" in ended.err
    assert isinstance(json.loads(ended.out), str)


@pytest.mark.slow
def test_a_rehearsal_that_fails_or_is_cancelled_is_said_to_be_one_first(dsl: Dsl, tmp_path: Path) -> None:
    flow = tmp_path / "ask.flow"
    flow.write_text(
        "edition 1\n"
        'agent clerk(q: text) -> { answer: text } { model "gpt-4o-mini" prompt "{{ q }}" }\n'
        'flow ask(q: text) { step a = clerk(q) if q == "why" { fail "no" } sleep 1d }'
    )
    said = "This was a rehearsal: no model was asked"
    failed = dsl("run", flow, "--set", "q=why", "--rehearse", "--id", "rehearsed-failed")
    assert failed.code == 1
    assert failed.err.index(said) < failed.err.index("error[Failed]: no")
    running = dsl.start("run", flow, "--set", "q=well", "--rehearse", "--id", "rehearsed-cancelled")
    running.until("a  completed")
    dsl.here("cancel", "rehearsed-cancelled")
    cancelled = running.end()
    assert cancelled.err.index(said) < cancelled.err.index("was cancelled")
    for run in ("rehearsed-failed", "rehearsed-cancelled"):
        assert list(dsl.here("result", run, "--json").json.items())[1] == ("rehearsal", True)


@pytest.mark.slow
def test_scripted_models_are_said_to_be_none(dsl: Dsl, tmp_path: Path) -> None:
    flow, models = tmp_path / "ask.flow", tmp_path / "ask.models.yaml"
    flow.write_text(
        "edition 1\n"
        'agent clerk(q: text) -> text { model "gpt-4o-mini" prompt "{{ q }}" }\n'
        "flow ask(q: text) -> text budget 10k tokens { step a = clerk(q) return a }"
    )
    models.write_text("clerk:\n  - answer: because\n")
    ended = dsl("run", flow, "--set", "q=why", "--scripted", models)
    assert (ended.code, json.loads(ended.out)) == (0, "because"), ended.err
    assert "models are scripted, none is asked; the answers of agents stand in ask.models.yaml" in ended.err
    assert "[rehearsal: no model was asked]" in ended.err
    assert "This was a rehearsal" in ended.err
    models.write_text("clerk: []\n")
    ended = dsl("run", flow, "--set", "q=why", "--scripted", models)
    assert (ended.code, ended.out) == (1, "")
    assert "NotScripted (ask.models.yaml has no answer for turn 1 of `clerk`: what it says" in ended.err
    for wrong, told in (("clerk:\n  - answr: x", ":2:5: unknown key `answr`"), ("clark: []", "did you mean `clerk`?")):
        models.write_text(wrong)
        refused = dsl("run", flow, "--set", "q=why", "--scripted", models)
        assert refused.code == 2
        assert told in refused.err


STAGED = """edition 1
tool shop.look(item: text) -> text read
tool shop.pay(amount: int) -> { id: text } irreversible keyed { compensate none "paid is paid" }
agent clerk(q: text) -> { answer: text } { model "gpt-4o-mini" prompt "{{ q }}" }
flow buy(q: text) -> text budget 10k tokens, 1h {
  step seen = shop.look(item: q)
  step a = clerk(q: seen)
  await approval ok "Pay 3?" { from "leads" timeout 10m then reject }
  if ok.approved { step paid = shop.pay(amount: 3) return paid.id }
  return a.answer
}
"""
MORE = """edition 1
flow main() -> int {
  var n = 0
  loop rounds budget 2 iterations {
    set n = n + 1
    until n == 9
  } on exhausted ask "leads" timeout 1h then fail { return n }
  return n
}
"""


@pytest.mark.slow
def test_who_is_asked_for_more_of_a_budget_is_answered_from_the_file(dsl: Dsl, tmp_path: Path) -> None:
    (tmp_path / "more.flow").write_text(MORE)
    answers = tmp_path / "answers.yaml"
    answers.write_text("more: [{decision: approve, by: ada, answer: {iterations: 3}}, {decision: reject, by: ada}]\n")
    ended = dsl("run", tmp_path / "more.flow", "--answers", answers)
    assert (ended.code, ended.out) == (0, "5\n"), ended.err
    answers.write_text("mroe: {decision: reject}\n")
    refused = dsl("run", tmp_path / "more.flow", "--answers", answers)
    assert refused.code == 2
    assert "there is no approval `mroe`; did you mean more?" in refused.err


STAGED_TOOLS = """
from pathlib import Path
from interpreter.api import tool

@tool("shop.look")
def look(item: str) -> str:
    return item

@tool("shop.pay")
def pay(amount: int) -> dict[str, str]:
    Path("paid").write_text(str(amount))
    return {"id": "p1"}
"""


@pytest.mark.slow
@pytest.mark.parametrize("with_tools", [False, True])
def test_a_rehearsal_writes_only_when_that_is_asked_for_too(dsl: Dsl, tmp_path: Path, with_tools: bool) -> None:
    (tmp_path / "buy.flow").write_text(STAGED)
    (tmp_path / "buy_tools.py").write_text(STAGED_TOOLS)
    (tmp_path / "answers.yaml").write_text("ok: {decision: approve, by: ann, group: leads}\n")
    asked = ["run", tmp_path / "buy.flow", "--set", "q=tea", "--answers", tmp_path / "answers.yaml", "--rehearse"]
    ended = dsl(*asked, *(["--with-tools"] if with_tools else []))
    assert ended.code == 0, ended.err
    assert (tmp_path / "paid").exists() == with_tools
    assert ("staged: nothing is written" in ended.err) != with_tools
    assert ("not carried out:  shop.pay(amount: 3)" in ended.err) != with_tools
    assert ("Nothing was written" in ended.err) != with_tools
    assert (json.loads(ended.out) == "p1") == with_tools


def test_staged_excludes_with_tools(dsl: Dsl, tmp_path: Path) -> None:
    (tmp_path / "buy.flow").write_text(STAGED)
    refused = dsl("run", tmp_path / "buy.flow", "--set", "q=tea", "--staged", "--with-tools")
    assert (refused.code, refused.out) == (2, "")
    assert "leave one of them out" in refused.err
