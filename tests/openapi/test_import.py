"""`dsl import`: what two documents become, word for word, and that what is written passes the check."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dsl.analysis import analyse
from dsl.ast.types import LiteralType
from dsl.cli.import_ import import_
from dsl.openapi.document import NoDocument, document_of
from dsl.openapi.writing import NothingToWrite, declarations
from dsl.source import Source
from tests.conftest import Golden
from tests.house.checkout import ROOT
from tests.openapi.documents import Made

CASES = ROOT / "tests" / "cases" / "openapi"
DOCUMENTS = sorted(path for path in CASES.iterdir() if path.suffix in (".json", ".yaml"))


def imported(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(import_, list(arguments))
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_written_as_declarations(document: Path, golden: Golden) -> None:
    code, written, told = imported(str(document))
    assert code == 0
    golden(document.with_suffix(".flow"), written)
    golden(document.with_suffix(".told"), told)
    assert [f"{each.code} {each.message}" for each in analyse(Source("imported.flow", written)).diagnostics] == []


@pytest.mark.parametrize("begin", range(0, 200, 50))
def test_whatever_stands_in_a_document_what_is_written_passes_the_check(begin: int, tmp_path: Path) -> None:
    """And nothing in it is declared by a name or a description."""
    made = 0
    for seed in range(begin, begin + 50):
        file = tmp_path / f"{seed}.json"
        file.write_text(json.dumps(Made(seed).document()))
        code, written, told = imported(str(file))
        if code:
            assert told.startswith("Error: "), f"seed {seed}"
            continue
        made += 1
        assert "does not pass the check" not in told, f"seed {seed}"
        assert not [line for line in written.splitlines() if line.startswith("tool evil")], f"seed {seed}"
        assert [f"{seed}: {each.message}" for each in analyse(Source("imported.flow", written)).diagnostics] == []
    assert made > 20


def test_aliases_that_multiply_end(tmp_path: Path) -> None:
    """Eight fields of eight fields of eight fields …"""
    schemas = ["    s0: &s0 {type: object, properties: {x: {type: string}}}"]
    for number in range(1, 11):
        fields = ", ".join(f"f{each}: *s{number - 1}" for each in range(8))
        schemas.append(f"    s{number}: &s{number} {{type: object, properties: {{{fields}}}}}")
    file = tmp_path / "bomb.yaml"
    file.write_text(
        "openapi: 3.0.0\nservers: [{url: https://a.example}]\npaths:\n  /x: {get: {responses: {200: {content: "
        "{application/json: {schema: {$ref: '#/components/schemas/s10'}}}}}}}\ncomponents:\n  schemas:\n"
        + "\n".join(schemas)
    )
    code, written, told = imported(str(file))
    assert code == 0
    assert "or too large: it is `json`" in told
    assert len(written) < 200_000


def test_some_of_it(tmp_path: Path) -> None:
    shop = str(CASES / "shop.json")
    file = tmp_path / "orders.flow"
    assert imported(shop, "--operation", "getOrder", "--name", "orders", "-o", str(file))[0] == 0
    text = file.read_text()
    assert "tool orders.get_order(" in text
    assert "list_orders" not in text
    assert "is there already" in imported(shop, "-o", str(file))[2]
    _, by_tag, _ = imported(shop, "--tag", "orders", "--server", "https://other.example.com/")
    assert by_tag.count("\ntool ") == 3
    assert "https://other.example.com/orders" in by_tag
    assert "there is no operation getOrders; there are cancelOrder" in imported(shop, "--operation", "getOrders")[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("a: [", "is neither JSON nor YAML"),
        ("[]", "this is no document of OpenAPI"),
        ('{"swagger": "2.0"}', "this is Swagger 2"),
        ('{"openapi": "3.0.0", "paths": {}}', "no server stands in it"),
        ('{"openapi": "3.0.0", "servers": [{"url": "/v1"}], "paths": {}}', "no server stands in it"),
        ('{"openapi": "3.1.0", "servers": [{"url": "https://a.example"}]}', "no operation is meant"),
    ],
)
def test_what_nothing_can_be_made_of(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "document"
    file.write_text(text)
    code, _, told = imported(str(file))
    assert code == 1
    assert words in told


def test_no_text_of_a_document_is_a_template() -> None:
    odd = 'a {{ key }} "b" \\ \n \u2028 {'
    data = json.loads((CASES / "shop.json").read_text())
    data["components"]["schemas"]["Order"]["allOf"][1]["properties"]["state"]["enum"] = [odd, "b"]
    text = declarations(document_of(data)).text
    analysis = analyse(Source("x.flow", text))
    assert analysis.diagnostics == ()
    assert odd in {each.value for each in analysis.facts.all(LiteralType)}


ODD: list[Any] = [None, 7, "x", [], {}, {"$ref": "#/x"}, {"$ref": 7}, [None], {"": None}, {"type": ["string", "null"]}]


@pytest.mark.parametrize("number", range(len(ODD)), ids=lambda number: repr(ODD[number]))
def test_a_document_may_hold_anything(number: int) -> None:
    """Each part of a document in the place of which something else stands; nothing raises but what is meant to."""
    text = (CASES / "shop.json").read_text()
    for place in range(number, 300, len(ODD)):
        data = json.loads(text)
        if not _replace(data, [place], ODD[number]):
            break
        try:
            written = declarations(document_of(data), server="https://a.example").text
        except (NoDocument, NothingToWrite):
            continue
        errors = [each for each in analyse(Source("x.flow", written)).diagnostics if each.severity == "error"]
        assert errors == [], (place, written)


def _replace(node: Any, left: list[int], odd: Any) -> bool:
    """Put `odd` in the place of the part with this number."""
    for key, item in list(node.items() if isinstance(node, dict) else enumerate(node)):
        if left[0] == 0:
            node[key] = odd
            return True
        left[0] -= 1
        if isinstance(item, dict | list) and _replace(item, left, odd):
            return True
    return False
