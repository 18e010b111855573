"""What is refused before anything starts, and what a run is given."""

import base64
import zlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from dsl.decompiling.data import written
from dsl.decompiling.forms import Format
from dsl.definition.unseal import unseal
from dsl.models.configured import Models
from dsl.models.providers import Served
from dsl.source import Source
from interpreter.client.compiling import compile_flow
from interpreter.client.envelope import LARGEST_INLINE
from interpreter.client.errors import (
    ConfigRefused,
    FlowRefused,
    FlowUnreadable,
    InputRefused,
    PriceUnknown,
    Unconfigured,
)
from interpreter.client.places import find_place
from interpreter.client.submission import prepare
from interpreter.stores.kept_files import File
from interpreter.stores.memory import MemoryStore
from interpreter.worker.flows import UnusableFlow, definitions

ORDER = """edition 1
type Line { item: text, price: decimal }
flow order(lines: [Line] at most 5, note: text = "none") -> text { return note }
"""


def test_a_definition_as_data_is_taken_as_its_text_is(tmp_path: Path) -> None:
    flow, given = prepare(MemoryStore(), ORDER, None, {"lines": []}), {"lines": []}
    forms: tuple[Format, ...] = ("json", "yaml")
    for form in forms:
        file = tmp_path / f"order.{form}"
        file.write_text(written(flow.definition, form), encoding="utf-8")
        assert prepare(MemoryStore(), file, None, given).input == flow.input
        assert prepare(MemoryStore(), file.read_text(encoding="utf-8"), None, given).input == flow.input
        file.write_text(file.read_text(encoding="utf-8").replace("Return", "Retrun"), encoding="utf-8")
        with pytest.raises(
            FlowUnreadable, match="a node `Retrun` cannot stand here, at `/flows/order/body/statements/0`"
        ):
            prepare(MemoryStore(), file, None, given)


def test_the_input_is_complete_plain_json() -> None:
    prepared = prepare(MemoryStore(), ORDER, None, {"lines": [{"item": "a", "price": Decimal("12.50")}]})
    assert prepared.input.flow == "order"
    assert prepared.input.input == {"lines": [{"item": "a", "price": "12.50"}], "note": "none"}


def test_every_problem_of_the_input_is_told_with_its_place() -> None:
    with pytest.raises(InputRefused) as refused:
        prepare(MemoryStore(), ORDER, None, {"lines": [{"item": 1, "price": "x"}], "nte": "?"})
    assert [problem.split(":")[0] for problem in refused.value.problems] == ["lines[0].item", "lines[0].price", "nte"]
    assert "did you mean `note`?" in str(refused.value)


def test_an_input_that_is_too_large_for_the_server_is_refused() -> None:
    with pytest.raises(InputRefused, match="at most 1,500,000"):
        prepare(MemoryStore(), ORDER, None, {"lines": [], "note": "x" * 1_500_001})


SCANS = """edition 1
flow scans(scan: file matches "image/.*" at most 100, more: [file] at most 2 = [], talk: conversation = []) -> text {
  return scan.name
}
"""
PNG = b"\x89PNG\r\n\x1a\n and so on"


def test_files_go_to_the_store_and_stand_beside_the_input(tmp_path: Path) -> None:
    path, store = tmp_path / "a.png", MemoryStore()
    path.write_bytes(PNG)
    said = [{"role": "user", "text": "See.", "files": [path]}]
    given = {"scan": path, "more": [File(b"b", "b.txt"), path], "talk": said}
    prepared = prepare(store, SCANS, None, given).input
    scan = File(path)
    told = {"name": "a.png", "media_type": "image/png", "size": len(PNG)}
    assert prepared.input["scan"] == told
    assert prepared.references[0] == [["scan"], scan.sha256, len(PNG), "a.png", "image/png"]
    assert [path for path, *_ in prepared.references[:3]] == [["scan"], ["more", 0], ["more", 1]]
    assert [store.get(digest)[:1] for _, digest, *_ in prepared.references] == [b"\x89", b"b", b"\x89", b"\x89"]


@pytest.mark.parametrize(
    ("scan", "problem"),
    [
        ({"$file": "/etc/passwd"}, "scan: expected a file, not a record"),
        ("/etc/passwd", "scan: expected a file, not"),
        (File(b"x", "x.txt"), "scan: this file is text/plain, which does not match"),
        (File(PNG + bytes(100), "x"), "scan: at most 100 bytes are allowed"),
        (Path("/no/such"), "there is no file /no/such"),
    ],
)
def test_what_is_no_file_or_not_such_a_one_is_refused(scan: object, problem: str) -> None:
    """Of what others have sent on, nothing can name a file of this machine."""
    store = MemoryStore()
    with pytest.raises(InputRefused, match=problem):
        prepare(store, SCANS, None, {"scan": scan})
    assert not store._objects


def test_a_text_with_errors_is_refused_with_all_of_them() -> None:
    with pytest.raises(FlowRefused) as refused:
        prepare(MemoryStore(), "edition 1\nflow f() -> text {\n  let a = nope\n  return nada\n}", None, None)
    assert len(refused.value.diagnostics) >= 2
    assert "  <text>:3:11: SF101: there is no name `nope`" in str(refused.value).splitlines()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(FlowUnreadable, match="there is no file"):
        prepare(MemoryStore(), tmp_path / "none.flow", None, None)
    (tmp_path / "bytes.flow").write_bytes(b"\xff\xfe")
    with pytest.raises(FlowUnreadable, match=r"bytes\.flow:1:1: the file is not UTF-8 text"):
        prepare(MemoryStore(), str(tmp_path / "bytes.flow"), None, None)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "after a byte order mark"])
def test_a_file_that_is_not_utf8_is_told_with_the_place(tmp_path: Path, mark: bytes) -> None:
    file = tmp_path / "latin.flow"
    file.write_bytes(mark + b'edition 1\n\nflow main() -> text {\n  return "caf\xe9"\n}\n')
    with pytest.raises(FlowUnreadable) as refused:
        prepare(MemoryStore(), file, None, None)
    assert f"{file}:4:14: the file is not UTF-8 text: byte {len(mark) + 46} is 0xe9" in str(refused.value)


def test_what_ends_no_line_of_a_file_ends_none_where_it_is_run(tmp_path: Path) -> None:
    """What a reviewer takes for a comment is no code, whichever command reads the file."""
    text = '# hidden \rflow main() -> text { return "evil" }\nflow other() -> text { return "good" }\n'
    file = tmp_path / "hidden.flow"
    file.write_bytes(b"edition 1\n" + text.encode())
    with pytest.raises(FlowRefused, match="U\\+000D"):
        prepare(MemoryStore(), file, "main", None)
    with pytest.raises(UnusableFlow, match="U\\+000D"):
        definitions([file])
    file.write_bytes(b'edition 1\r\nflow main() -> text { return "x" }\r\n')
    assert [each.flow for each in definitions([file])] == ["main"]
    prepare(MemoryStore(), file, "main", None)


def test_an_unknown_price_refuses_a_flow_with_a_budget_in_money_only() -> None:
    flow = """edition 1
agent a() -> {{ x: text }} {{ model "no-such-model-9" prompt "hi" }}
flow f() -> text budget {budget} {{ step s = a() return s.x }}
"""
    with pytest.raises(PriceUnknown, match="no-such-model-9"):
        prepare(MemoryStore(), flow.format(budget="1 usd, 10k tokens"), None, None)
    assert prepare(MemoryStore(), flow.format(budget="10k tokens"), None, None).input.prices == {}


def test_prices_are_pinned() -> None:
    flow = """edition 1
agent a() -> { x: text } { model "gpt-4o-mini" prompt "hi" }
flow f() -> text budget 1 usd { step s = a() return s.x }
"""
    assert set(prepare(MemoryStore(), flow, None, None).input.prices) == {"gpt-4o-mini"}


def test_prices_that_change_afterwards_are_not_those_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "f.flow").write_text("""edition 1
agent a() -> { x: text } { model "mine" prompt "hi" }
flow f() -> text budget 1 usd { step s = a() return s.x }
""")
    told = tmp_path / "steadflow.toml"
    told.write_text("[models.mine]\ninput = 1\noutput = 2\n")
    before = prepare(MemoryStore(), tmp_path / "f.flow", None, None).input
    pinned = dict(before.prices)
    told.write_text("[models.mine]\ninput = 10\noutput = 20\n")
    after = prepare(MemoryStore(), tmp_path / "f.flow", None, None).input
    assert before.prices == pinned
    assert Decimal(after.prices["mine"].output) == 10 * Decimal(before.prices["mine"].output)


BATCHES = """edition 1
agent a(q: text) -> text { model "p/m" prompt "{{ q }}" batch }
flow f(qs: [text] at most 9) { parallel for q in qs as answers { step s = a(q) yield s } step t = b(answers) }
agent b(all: [text] at most 9) -> text { model "gpt-4o-mini" prompt "{{ all }}" budget 9k tokens }
"""


def test_a_batch_needs_a_provider_of_which_it_is_known_what_it_costs_there() -> None:
    served = Served("p", "compatible", "http://127.0.0.1:9/v1", "")
    with pytest.raises(Unconfigured, match=r"the provider p is not known to take batches; .* `batch = 0.5`"):
        prepare(MemoryStore(), BATCHES, None, {"qs": []}, Models({}, {"p": served}))
    prepare(MemoryStore(), BATCHES, None, {"qs": []}, Models({}, {"p": replace(served, batch=Decimal("0.5"))}))


def test_how_long_an_answer_can_be_is_pinned() -> None:
    flow = """edition 1
agent a() -> { x: text } { model "gpt-4o-mini" then "mine" prompt "hi" }
flow f() -> text budget 9k tokens { step s = a() return s.x }
"""
    assert prepare(MemoryStore(), flow, None, None).input.max_output == {"gpt-4o-mini": 16_384}


def test_a_small_definition_travels_inside_and_a_large_one_by_its_hash() -> None:
    store = MemoryStore()
    small = prepare(store, ORDER, None, {"lines": []}).input.definition
    assert small.inline is not None
    assert unseal(zlib.decompress(base64.b64decode(small.inline)), small.hash).flow == "order"
    noise = "".join(f'  let v{i} = "{i * 2654435761 % 2**32:x}{i * 40503 % 65536:x}"\n' for i in range(2500))
    large = prepare(store, f"edition 1\nflow big() -> text {{\n{noise}  return v1\n}}", None, None).input.definition
    assert large.inline is None
    assert len(store.get(large.hash)) > LARGEST_INLINE


STARTING = """edition 1
tool t() -> text read
flow below(q: text) -> text {{ return q }}
agent worker(q: text) -> text {{ model "gpt-4o" prompt "{{{{ q }}}}" use {uses} budget 5 turns }}
agent boss(q: text) -> text {{ model "gpt-4o" prompt "{{{{ q }}}}" use worker budget 5 turns }}
flow f() -> text {{
  {body}
  return a
}}
"""
EIGHT = " ".join(f'step s{number} = below("x")' for number in range(7)) + ' step a = below("y")'


@pytest.mark.parametrize(
    ("uses", "body", "is_inside"),
    [
        ("t", 'step a = worker("x")', True),
        ("t", EIGHT, True),
        ("t", f'step ninth = below("z") {EIGHT}', False),
        ("t", 'var a = "" for x in ["1", "2"] { step b = below(x) set a = b }', False),
        ("below", 'step a = worker("x")', False),
        ("below", 'step a = boss("x")', False),
        ("t", 'step a = boss("x")', True),
    ],
)
def test_what_may_start_many_runs_travels_by_its_hash(uses: str, body: str, is_inside: bool) -> None:
    flow = (
        STARTING.format(uses=uses, body=body)
        + 'flow other() -> text { step a = worker("x") step b = below(a) return b }'
    )
    assert (prepare(MemoryStore(), flow, "f", None).input.definition.inline is not None) is is_inside


def test_the_place_of_a_path_is_found_without_its_indices() -> None:
    text = """edition 1
tool t() -> text read
flow f() -> text {
  loop again budget 3 iterations { step s = t() break }
  return "x"
}
"""
    source_map = dict(compile_flow(Source("a.flow", text), None).source_map)
    place = find_place(source_map, "f/again[2]/s")
    assert place is not None
    assert place.source.slice(place.span) == "step s = t()"
    inside = find_place(source_map, "f/again[2]/s/call")
    assert inside is not None
    assert inside.span == place.span
    assert find_place(source_map, "elsewhere/x") is None


PLACED = """edition 1
config region: text matches "[a-z]+" = "eu"
config most: int at most 9
config since: time = time("2026-01-01T00:00:00Z")
flow below() -> int { return most }
flow placed() -> text {
  step n = below()
  return "{{ region }} {{ n }}"
}
flow other() -> text { return text(since) }
"""


def placed(text: str = PLACED, flow: str = "placed", models: Models | None = None, **config: object) -> object:
    return prepare(MemoryStore(), text, flow, None, models or Models({}), config=config).input.config


def test_values_of_the_deployment_are_complete_and_pinned() -> None:
    """Those that the flow reads, or one that it calls."""
    assert placed(most=3) == {"most": 3, "region": "eu"}
    assert placed(most=3, region="us") == {"most": 3, "region": "us"}
    assert placed(flow="other") == {"since": "2026-01-01T00:00:00Z"}


def test_what_is_said_for_the_run_comes_before_what_the_project_says() -> None:
    said = Models({}, config={"most": 5, "region": "us", "of_another_flow": 1})
    assert placed(models=said) == {"most": 5, "region": "us"}
    assert placed(models=said, most=6) == {"most": 6, "region": "us"}


@pytest.mark.parametrize(
    ("config", "problems"),
    [
        ({}, ["most: is missing"]),
        ({"most": 10}, ["most: at most 9 is allowed"]),
        ({"most": "3"}, ["most: expected"]),
        ({"most": 3, "region": "EU"}, ["region: "]),
        ({"mots": 3}, ["no flow reads `mots`; did you mean `most`?", "most: is missing"]),
        ({"most": 3, "since": "2026-01-01T00:00:00Z"}, ["no flow reads `since`; there are most, region"]),
    ],
)
def test_values_of_the_deployment_that_do_not_fit_are_refused(config: dict[str, object], problems: list[str]) -> None:
    with pytest.raises(ConfigRefused) as refused:
        placed(**config)
    told = refused.value.problems
    assert len(told) == len(problems)
    assert [found.startswith(problem) for found, problem in zip(told, problems, strict=True)] == [True] * len(told)


def test_values_of_the_deployment_that_are_too_large_are_refused() -> None:
    with pytest.raises(ConfigRefused, match="at most 16,000"):
        placed(most=3, region="a" * 16_000)


def test_the_hash_is_that_of_the_text_whatever_the_values() -> None:
    hashes = {prepare(MemoryStore(), PLACED, "placed", None, config={"most": n}).input.definition.hash for n in (1, 2)}
    without = PLACED.replace("config since", "config started").replace("text(since)", "text(started)")
    assert hashes == {prepare(MemoryStore(), without, "placed", None, config={"most": 3}).input.definition.hash}
    other = PLACED.replace("at most 9", "at most 8")
    assert prepare(MemoryStore(), other, "placed", None, config={"most": 3}).input.definition.hash not in hashes
