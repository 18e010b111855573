"""What a definition says of a server counts: for its hash, for what a worker accepts, and in one from elsewhere."""

from typing import Any

import pytest

from dsl.definition.definition import Definition
from dsl.definition.unseal import UnsealError, unseal
from interpreter.activities.headers import DeclaredSignature
from interpreter.client.compiling import compile_flow
from interpreter.client.submission import read_source
from interpreter.mcp.errors import UnusableServers
from interpreter.worker.agreements import Agreements
from interpreter.worker.served import served_tools, servers_of
from interpreter.worker.tools import describe
from tests.mcp.planned import Planned, planned

BODY = "flow f() -> text { step a = s.t(a: 1) return a }"


def sealed(tools: str = 'tools s from mcp "npx acme" { tool t(a: int) -> text read }') -> Any:
    return compile_flow(read_source(f"edition 1\n{tools}\n{BODY}\n"), None)


def definition(*tools: str) -> Definition:
    made = sealed(*tools)
    return unseal(made.json, made.hash)


@pytest.mark.parametrize(
    "tools",
    [
        'tools s from mcp "npx acme@2" { tool t(a: int) -> text read }',
        'tools s from mcp "https://acme.example/mcp" { tool t(a: int) -> text read }',
        'tools s from mcp "npx acme" auth "KEY" { tool t(a: int) -> text read }',
        'tools s from mcp "npx acme" { tool t(a: int) -> text from "T" read }',
        'tools s from mcp "npx acme" { tool t(a: int) -> text read { errors Gone when "gone" } }',
        'tools s from mcp "npx acme" { resource t(a: int) -> text from "x://{a}" }',
        "tool s.t(a: int) -> text read",
    ],
)
def test_another_server_is_another_definition_and_another_signature(tools: str) -> None:
    one, other = definition(), definition(tools)
    assert one.hash != other.hash
    assert one.signature("s.t").digest != other.signature("s.t").digest


def test_what_it_is_named_here_is_what_it_is_named_there() -> None:
    written = 'tools s from mcp "npx acme" { ## Words.\n tool t(a: int) -> text from "t" read }'
    assert sealed(written).hash == sealed().hash


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"tool":"t"', '"resource":"x://{other}"'),
        ('"tool":"t"', '"tool":"t","resource":"x://"'),
        ('"tool":"t"', '"tool":"t","otherwise":"Gone"'),
    ],
)
def test_a_definition_from_elsewhere_is_looked_at(before: str, after: str) -> None:
    data = sealed().json.decode()
    assert data.count(before) == 1
    with pytest.raises(UnsealError):
        unseal(data.replace(before, after).encode())


def _agrees(tool: Any, other: Definition) -> bool:
    found = other.signature("s.t")
    return Agreements().accepts(tool, DeclaredSignature(found.digest, found.readable))


def test_a_function_of_the_workers_own_stands_in_for_a_server() -> None:
    def t(a: int) -> str:
        return str(a)

    def u(a: str) -> str:
        return a

    assert _agrees(describe("s.t", t), definition())
    assert not _agrees(describe("s.t", u), definition())


@pytest.fixture
def server(tmp_path: Any) -> Planned:
    return planned(tmp_path)


def made(server: Planned, tools: str, *, partial: bool = False, queue: str = "q") -> dict[str, Any]:
    given = definition(tools.replace("ADDRESS", "{python} x"))
    return served_tools([given], queue, {}, server.lock, servers_of(server.lock), partial=partial)


def test_a_worker_has_nothing_that_its_lock_file_does_not_have(server: Planned) -> None:
    with pytest.raises(UnusableServers, match=r"`s.t`: the tool `t` of the server `s` is not pinned in"):
        made(server, 'tools s from mcp "npx acme" { tool t(a: int) -> text read }')
    assert made(server, 'tools s from mcp "npx acme" { tool t(a: int) -> text read }', partial=True) == {}
    elsewhere = 'tools s from mcp "npx acme" { tool t(a: int) -> text read { queue "other" } }'
    assert made(server, elsewhere) == {}


def test_a_worker_does_not_start_with_what_does_not_fit(server: Planned) -> None:
    text = server.flow.read_text().replace("-> { total: int } read", "-> { total: text } read")
    given = compile_flow(read_source(text), None)
    with pytest.raises(UnusableServers, match=r"`p.count`: the result: field `total`: integer is not text"):
        served_tools([unseal(given.json, given.hash)], "q", {}, server.lock, servers_of(server.lock), partial=False)
