"""The way there and back: a text, what it seals to, the text of that, and what this seals to."""

from collections.abc import Callable, Iterator
from pathlib import Path

from dsl.analysis import Analysis, analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.decompiling.decompile import decompile
from dsl.definition.definition import Definition
from dsl.definition.seal import Sealed, seal
from dsl.definition.unseal import unseal
from dsl.linking.files import files_of
from dsl.source import Source
from tests.heart.agent_flows import some_agent_flow
from tests.heart.asking_flows import asking_flow
from tests.heart.flows import some_flow
from tests.heart.gated_flows import gated_flow
from tests.leaks.flows import some_flow as leaking_flow
from tests.planning.test_on_a_server import some_text
from tests.typed.programs import typed
from tests.typed.wild import wild

ROOT = Path(__file__).parents[2]

GENERATORS: dict[str, Callable[[int], str]] = {
    "heart": some_flow,
    "free": lambda seed: some_flow(seed, free=True),
    "agents": some_agent_flow,
    "gates": gated_flow,
    "persons": asking_flow,
    "types": lambda seed: typed(seed)[0],
    "wild": wild,
    "sensitive": leaking_flow,
    "plans": some_text,
}


def sealed_flows(analysis: Analysis) -> Iterator[Sealed]:
    """Each flow of a file that can be started."""
    for each in analysis.module.declarations:
        if isinstance(each, FlowDeclaration) and not each.requires_approval:
            yield seal(analysis.facts, analysis.source, each.name, gates=analysis.gates, spends=analysis.spends)


def analysed(text: str, path: Path | None = None) -> Analysis:
    name = "trip.flow" if path is None else str(path)
    return analyse(Source(name, text), files=None if path is None else files_of(name))


def there_and_back(analysis: Analysis) -> int:
    """How many flows came back as what they were."""
    flows = list(sealed_flows(analysis))
    for sealed in flows:
        back(unseal(sealed.json))
    return len(flows)


def back(definition: Definition) -> str:
    """The text, which has passed the check and seals to the same hash."""
    made = decompile(definition)
    errors = [(each.code, each.message) for each in made.analysis.diagnostics if each.severity == "error"]
    assert not errors, f"{errors}\n{made.text}"
    assert made.difference is None, f"{made.difference}\n{made.text}"
    again = analysed(made.text)
    sealed = seal(again.facts, again.source, definition.flow, gates=again.gates, spends=again.spends)
    assert sealed.hash == definition.hash, made.text
    return made.text
