"""What is sealed is what a run needs, in plain form; the source map finds it again in the text."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dsl.analysis import analyse
from dsl.ast.node import walk
from dsl.ast.statements import AwaitApproval, Call, GatedCall
from dsl.definition.canonical import digest
from dsl.definition.seal import UnknownFlow, main_flow, seal
from dsl.definition.unseal import UnsealError, unseal
from dsl.linking.files import files_of
from dsl.source import Source
from tests.definition.reading import definition, facts, module, no_gates, sealed, unknown

BASE = (Path(__file__).parents[1] / "cases" / "definition" / "base.flow").read_text(encoding="utf-8")


def test_what_is_reached_is_there_and_nothing_else() -> None:
    found = definition(BASE + "\ntype Unused { a: int }\ntool unused.tool() read\n")
    assert found.flow == "support"
    assert list(found.flows) == ["open_case", "support"]
    assert list(found.tools) == ["tickets.close", "tickets.open"]
    assert list(found.agents) == ["triage"]
    assert list(found.types) == ["Case", "Ticket", "Triage"]


def test_a_tool_that_only_verifies_and_types_in_types_are_reached() -> None:
    found = definition("""edition 1
    type Inner { a: int }
    type Outer { inner: [Inner] }
    tool books.post(outer: Outer) -> { id: text } write {
      key as idempotency
      compensate books.reverse(id: result.id)
      verify books.find(key: key)
    }
    tool books.reverse(id: text) idempotent
    tool books.find(key: text) -> { id: text }? read
    flow main(outer: Outer) { step books.post(outer) }
    """)
    assert list(found.tools) == ["books.find", "books.post", "books.reverse"]
    assert list(found.types) == ["Inner", "Outer"]


def test_arguments_are_named_and_what_is_left_open_is_filled_in() -> None:
    found = definition(BASE)
    tool = found.tools["tickets.open"]
    assert (tool.timeout, tool.heartbeat) == (30_000, 5_000)
    assert tool.retry is not None
    assert (tool.retry.backoff_initial, tool.retry.backoff_maximum) == (1_000, 60_000)
    calls = [node for flow in found.flows.values() for node in walk(flow) if isinstance(node, Call)]
    assert all(argument.name is not None for call in calls for argument in call.arguments)


def test_a_tool_elsewhere_owes_no_heartbeat_and_a_quick_one_is_quick() -> None:
    found = definition("""edition 1
    tool a.far() read { queue "elsewhere" }
    tool a.near() read quick
    flow main() { step a.far() step a.near() }
    """)
    assert found.tools["a.far"].heartbeat is None
    assert found.tools["a.near"].timeout == 5_000


def test_gates_are_sealed_in_plain_form() -> None:
    text = """edition 1
    tool pay(to: text, amount: int) irreversible keyed { compensate none "paid" }
    flow main() {
      await approval ok "Pay?" { from "bosses" timeout 1h then reject }
      if ok.approved { step pay("me", 3) }
    }
    """
    parsed = facts(text)
    call = next(node for node in walk(parsed.module) if isinstance(node, Call))
    found = unseal(seal(parsed, Source("a", text), gates=lambda approval: (GatedCall(call),), spends=unknown).json)
    approval = next(node for node in walk(found.flows["main"]) if isinstance(node, AwaitApproval))
    assert [[argument.name for argument in gate.call.arguments] for gate in approval.gates] == [["to", "amount"]]


def test_doc_comments_stay_only_where_a_model_sees_them() -> None:
    text = sealed(BASE.replace("type Case { id", "type Case {\n  ## Hidden.\n  id")).json.decode()
    assert "What the customer wants." in text
    assert "Hidden." not in text


def test_the_source_map_finds_every_statement() -> None:
    whole = sealed(BASE)
    found = unseal(whole.json)
    for name in found.flows:
        assert list(whole.source_map["flows"][name]) == list(found.addresses(name))
    start, end = whole.source_map["flows"]["support"]["support/verdict"]
    assert BASE[start:end] == "step verdict = triage(ticket)"
    start, end = whole.source_map["declarations"]["tickets.close"]
    assert BASE[start:end] == "tool tickets.close(id: text, reason: text) idempotent"
    assert whole.source_map["source"]["sha256"] == digest(BASE.encode())


def test_the_source_map_changes_with_the_layout_and_the_hash_does_not() -> None:
    moved = BASE.replace("step verdict", "step  verdict")
    assert sealed(moved).source_map_digest != sealed(BASE).source_map_digest
    assert sealed(moved).hash == sealed(BASE).hash


def test_the_main_flow_is_the_one_that_no_other_calls() -> None:
    assert main_flow(module(BASE)) == "support"
    assert main_flow(module("edition 1 flow a() depth 3 { step a() }")) == "a"
    assert main_flow(module("edition 1 flow a() { sleep 1s } flow b() { sleep 1s }")) is None
    assert main_flow(module("edition 1")) is None


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "examples").glob("*.flow")), ids=lambda path: path.stem
)
def test_the_check_means_the_same_flow_and_its_gates_are_sealed(path: Path) -> None:
    source = Source(str(path), path.read_text(encoding="utf-8"))
    analysis = analyse(source, files=files_of(str(path)))
    assert analysis.main_flow is not None
    whole = seal(analysis.facts, analysis.source, gates=analysis.gates, spends=analysis.spends)
    assert whole.flow == analysis.main_flow.name
    definition = unseal(whole.json)
    gates = [bool(node.gates) for node in walk(definition.flows[whole.flow]) if isinstance(node, AwaitApproval)]
    gates += [bool(use.gate) for agent in definition.agents.values() for use in agent.uses]
    irreversible = b'"kind":"irreversible"' in whole.json
    assert any(gates) is irreversible


def test_a_flow_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownFlow, match=r"no flow `nonsense`; this file has open_case, support"):
        sealed(BASE, "nonsense")
    with pytest.raises(UnknownFlow, match="no main flow"):
        seal(facts("edition 1"), Source("a", ""), gates=no_gates, spends=unknown)


def test_bytes_are_trusted_by_their_hash_only() -> None:
    whole = sealed(BASE)
    unseal(whole.json, whole.hash)
    with pytest.raises(UnsealError, match="another hash"):
        unseal(whole.json.replace(b"10.50", b"99.50"), whole.hash)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b'{"format":1}', b"\xff", b'{"format":1,"flows":{"a":{"node":"X"}}}']
)
def test_damage_is_said(data: bytes) -> None:
    with pytest.raises(UnsealError, match=r"damaged|no format|of edition"):
        unseal(data)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": 2}, "has format 2, and this version reads 1"),
        ({"format": 0}, "has no format that this version reads: 0"),
        ({"format": "1"}, "format"),
        ({"format": True}, "format"),
        ({"format": 1.5}, "format"),
        ({"format": None}, "format"),
        ({"format": [1]}, "format"),
        ({"edition": "x"}, "edition"),
        ({"edition": 2}, "edition"),
        ({"edition": None}, "edition"),
    ],
)
def test_the_format_of_a_definition_is_not_read(change: dict[str, object], told: str) -> None:
    """It is, though nothing else in the definition is new."""
    changed = json.loads(sealed(BASE).json) | change
    with pytest.raises(UnsealError, match=told):
        unseal(json.dumps(changed).encode())
    with pytest.raises(UnsealError, match=r"format|edition"):
        unseal(json.dumps({name: value for name, value in changed.items() if name not in change}).encode())


def test_a_later_format_is_refused_by_name() -> None:
    later = json.loads(sealed(BASE).json) | {"format": 2, "agents": {"a": {"node": "Robot"}}}
    with pytest.raises(UnsealError, match="has format 2, and this version reads 1"):
        unseal(json.dumps(later).encode())


def test_unsealing_loads_nothing_heavy() -> None:
    code = "import sys, dsl.definition.unseal; print(sorted(m for m in sys.modules if m.startswith('dsl.') or m in %r))"
    heavy = ("lark", "pydantic", "jsonschema", "yaml", "temporalio", "re2")
    printed = subprocess.run([sys.executable, "-c", code % (heavy,)], capture_output=True, text=True, check=True).stdout
    loaded = ast.literal_eval(printed)
    parts = {name.split(".")[1] for name in loaded if name.startswith("dsl.")}
    assert parts <= {"ast", "dataclass", "definition", "expressions", "regex", "source", "values"}
    assert not set(heavy) & set(loaded)
