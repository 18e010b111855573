"""How often a call is tried stands in `dsl show`, also where the text says nothing of it."""

from pathlib import Path

import pytest

from dsl.ast.declarations import ToolDeclaration
from dsl.definition.unseal import unseal
from dsl.source import Source
from interpreter.cli.trying_again import tries_text
from interpreter.client.compiling import compile_flow
from tests.cli.conftest import CASES, Dsl


def tool(declared: str) -> ToolDeclaration:
    text = f"edition 1\ntool t(n: int) -> int {declared}\nflow f() -> int {{ step x = t(n: 1) return x }}\n"
    sealed = compile_flow(Source("f.flow", text), None)
    return unseal(sealed.json, sealed.hash).tools["t"]


NO = "No is not tried again; any other failure is tried again"
LOST = "what may have happened is not tried again"


@pytest.mark.parametrize(
    ("declared", "timeout", "said"),
    [
        ("read", "30s", "a failure is tried again, at most 2 times, after 1s, 2s"),
        ("read { errors No }", "30s", f"{NO}, at most 2 times, after 1s, 2s"),
        (
            "read { errors No timeout 5s retry 5 times backoff 1s to 3s }",
            "5s",
            "a failure is tried again, at most 5 times, after 1s, 2s and so on up to 3s",
        ),
        ("read { errors No retry 0 times }", "30s", "nothing is tried again"),
        ("idempotent { retry 0 times }", "30s", "nothing is tried again"),
        ("read { errors No retry 1 times except No }", "30s", f"{NO}, at most 1 time, after 1s"),
        (
            'write final { errors No retry 2 times verify none "nobody knows" }',
            "30s",
            f"No is tried again, at most 2 times, after 1s, 2s; {LOST}",
        ),
    ],
)
def test_declared_errors_turn_retries_off(declared: str, timeout: str, said: str) -> None:
    assert tries_text(tool(declared)) == f"{timeout} at most for each attempt; {said}"


@pytest.mark.slow
def test_show_says_it_for_each_tool(dsl: Dsl, tmp_path: Path) -> None:
    assert dsl("run", CASES / "shop.flow", "--set", "item=moon", "--id", "shown-tools").code == 1
    shown = dsl.here("show", "shown-tools")
    assert "  shop.price: 30s at most for each attempt; OutOfStock is not tried again; any other" in shown.out
    assert dsl.here("show", "shown-tools", "--json").json["tools"].keys() == {
        "shop.price",
        "shop.release",
        "shop.reserve",
    }
