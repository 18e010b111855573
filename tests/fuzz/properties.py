"""What holds for any bytes that are given as a flow, a definition, an input, answers or settings.

Each property is a function of the bytes that raises when it does not hold. What people give is refused with one of few
exceptions that carry words; every other one is a fault of ours.
"""

import contextlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from dsl.analysis import Analysis, analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import walk
from dsl.ast.statements import Call, Loop
from dsl.definition.definition import Definition
from dsl.definition.seal import UnknownFlow, seal
from dsl.definition.unseal import UnsealError, pack, unseal
from dsl.diagnostics.reports import FORMATS
from dsl.formatting.format import format_text
from dsl.models.configured import models_for
from dsl.models.unusable import Unusable as UnusableModels
from dsl.source import Source
from interpreter.cli.problem import Misuse
from interpreter.cli.reading import parse_json, travelling
from interpreter.cli.scripted import read_script
from interpreter.mcp.errors import Unusable as UnusableServers
from interpreter.mcp.settings import settings_for
from interpreter.simulation.simulation import Simulation, Switches
from interpreter.simulation.world import World
from tests.explore.samples import sample

Property = Callable[[bytes], None]


def source(data: bytes) -> None:
    """The check says in words, and at places of the text, what is wrong with it; what passes it seals, and runs."""
    text = data.decode("utf-8", errors="surrogateescape")
    given = Source("fuzz.flow", text)
    found = analyse(given)
    for each in found.diagnostics:
        for label in (each.primary, *each.secondary):
            assert 0 <= label.span.start <= label.span.end <= len(text), each
        assert each.message, each
    for form in FORMATS.values():
        form([(given, found.diagnostics)])
    if not any(0xD800 <= ord(each) <= 0xDFFF for each in text):
        formatted = format_text(text)
        assert formatted is None or format_text(formatted) == formatted, "what is formatted is changed again"
    if found.ok:
        _seals(found, given)


def _seals(found: Analysis, given: Source) -> None:
    for flow in found.flows:
        try:
            sealed = seal(found.facts, given, flow.name, gates=found.gates, spends=found.spends)
        except UnknownFlow:  # it requires an approval, and is not started by itself
            continue
        definition = unseal(sealed.json, sealed.hash)
        assert pack(definition) == sealed.json, "the same tree has other bytes"
        if not any(isinstance(node, Call | Loop) for each in definition.flows.values() for node in walk(each)):
            _runs(definition, definition.flows[definition.flow])


def _runs(definition: Definition, flow: FlowDeclaration) -> None:
    """Its expressions have a value, or fail with a kind: what raises is a fault of ours."""
    given = {each.name: sample(each.type, definition.types) for each in flow.parameters}
    simulation = Simulation(definition, World(), Switches())
    simulation.run(given)
    simulation.go()


def sealed(data: bytes) -> None:
    """Bytes are a definition or are refused; a definition gives its bytes back."""
    try:
        definition = unseal(data)
    except UnsealError:
        return
    again = unseal(pack(definition))
    assert pack(again) == pack(definition)
    assert again.flows == definition.flows


def given(data: bytes) -> None:
    """An input, or an answer."""
    try:
        value = parse_json(data.decode("utf-8", errors="replace"), "it")
    except Misuse:
        return
    json.dumps(travelling(value))


def answers(data: bytes) -> None:
    _with_file("answers.yaml", data, _read_answers)


def _read_answers(path: Path) -> None:
    try:
        json.dumps(str(read_script(path)))
    except Misuse:
        return


def settings(data: bytes) -> None:
    """What a project sets: models, providers, caps, servers."""
    _with_file("steadflow.toml", data, _read_settings)


def _read_settings(path: Path) -> None:
    with contextlib.suppress(UnusableModels):
        models_for(path.parent, {})
    try:
        settings_for(path.parent, {})
    except UnusableServers:
        return


def _with_file(name: str, data: bytes, use: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        use(path)


PROPERTIES: dict[str, Property] = {
    "source": source,
    "sealed": sealed,
    "given": given,
    "answers": answers,
    "settings": settings,
}
