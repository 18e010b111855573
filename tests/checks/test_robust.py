"""Whatever the text, analysis gives diagnostics and never raises: mutations of the cases, the same on every run.

And what is left out so that one mistake gives one message is never all there is: a text with anything wrong has an
error, and one without has a type for each expression, and is sealed.
"""

import random
import re
from pathlib import Path

import pytest

from dsl.analysis import Analysis, analyse
from dsl.ast.node import walk
from dsl.checks.registry import ROWS
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.diagnostics.codes import CODES
from dsl.semantics.findings import Settled
from dsl.semantics.types import UNKNOWN
from dsl.semantics.understand import understand
from dsl.source import Source
from dsl.syntax.parse import parse
from tests.checks.cases import files, name_of, read

QUICK, SLOW, SOAK = 1, 2, 100
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_mutations_are_analysed(path: Path) -> None:
    _check_mutations(path, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("path", files(), ids=name_of)
def test_more_mutations_are_analysed(path: Path) -> None:
    _check_mutations(path, SLOW)


@pytest.mark.soak
@pytest.mark.parametrize("path", files(), ids=name_of)
def test_many_mutations_are_analysed(path: Path) -> None:
    _check_mutations(path, SOAK)


def _check_mutations(path: Path, number: int) -> None:
    text = read(path).text
    chance = random.Random(name_of(path))
    for _ in range(number):
        _check(_mutated(text, chance))


SCRAPS = ["", "edition 1", "edition 1 flow", "}", "flow f(", 'flow f() { let x = "{{', "\x00", "#"]
SCRAPS += ['edition 1 flow f() -> text { return f"abc""""x', 'return f"a" + "b']


@pytest.mark.parametrize("text", SCRAPS)
def test_scraps_are_analysed(text: str) -> None:
    _check(text)


def _check(text: str) -> None:
    analysis = analyse(Source("mutated.flow", text))
    for each in analysis.diagnostics:
        assert each.code in CODES
        assert each.message
        for label in (each.primary, *each.secondary):
            assert 0 <= label.span.start <= label.span.end <= len(text)
    for row in ROWS:
        if not row.where(analysis.facts):
            assert list(row.load()(analysis.program)) == [], f"{row.module} is not asked, and finds something"
    if all(each.severity == "warning" for each in analysis.diagnostics):
        _nothing_is_wrong(analysis)


def _nothing_is_wrong(analysis: Analysis) -> None:
    parsed = parse(analysis.source)
    assert parsed.diagnostics == parsed.damage == ()
    assert not parsed.lost
    findings = understand(parsed.module, analysis.source.text).findings
    assert [each for each in findings if not isinstance(each, Settled)] == []
    found = [each for row in ROWS for each in row.load()(analysis.program)]
    assert [each for each in found if each.severity == "error"] == []
    if findings == []:  # where nobody comes, what is null and is asked not to be has no type
        assert [each for each in walk(analysis.module) if analysis.facts.types.get(id(each)) == UNKNOWN] == []
    for flow in analysis.flows:
        unseal(seal(analysis.facts, analysis.source, flow.name, gates=analysis.gates, spends=analysis.spends).json)


@pytest.mark.parametrize("parameter", ["edition: text", "e: { edition: text }", "e: text, edition: int"])
def test_a_file_without_its_edition_is_refused_whatever_its_names_are(parameter: str) -> None:
    name = parameter.partition(":")[0]
    found = analyse(Source("names.flow", f"flow main({parameter}) -> json {{ return {name} }}")).diagnostics
    assert [each.code for each in found if each.severity == "error"] == ["SF002"]


def _mutated(text: str, chance: random.Random) -> str:
    tokens = TOKEN.findall(text)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(tokens))
        match chance.randrange(5):
            case 0:
                del tokens[at : at + chance.randint(1, 6)]
            case 1:
                tokens[at:at] = tokens[at : at + chance.randint(1, 12)]
            case 2:
                tokens[at] = chance.choice(tokens)
            case 3:
                other = chance.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case _:
                del tokens[at + len(tokens) // 2 :]
        tokens = tokens or ["edition"]
    return "".join(tokens)


GATED = """edition 1
tool pay(to: json) irreversible keyed {{ compensate none "paid is paid" }}
flow main(x: text) {{
  await approval ok "Pay?" {{ show x from person x timeout 1h then reject }}
  if not ok.approved {{ return }}
  let a0 = x
  {lets}
  await approval again "Pay?" {{ show a{last} from person text(a{last}) timeout 1h then reject }}
  step pay(to: a{last})
  step pay(to: [a{last}.x, again.approved])
}}"""


def _gated(given: str, count: int) -> str:
    lets = "\n".join(f"let a{number} = {given.format(number - 1)}" for number in range(1, count + 1))
    return GATED.format(lets=lets, last=count)


def _types(field: str) -> str:
    return "\n".join(f"type A{number} {{ {field.format(number + 1)} }}" for number in range(300))


LARGE = {
    "a long chain": _gated("a{0}", 400),
    "nested lists": _gated("[a{0}]", 400),
    "doubled lists": _gated("[a{0}, a{0}]", 40),
    "doubled records": _gated("{{ x: a{0}, y: a{0} }}", 40),
    "types in types": f"edition 1\n{_types('x: A{0} y: A{0}')}",
    "guarded types": f"edition 1\n{_types('x: [A{0}]?')} type A300 = text",
    "many steps": "edition 1\nflow main() {\n" + "step main()\n" * 500 + "}",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE.keys())
def test_large_texts_are_analysed(text: str) -> None:
    _check(text)
