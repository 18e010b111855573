"""A flow whose texts are hostile, through all that is made of a flow: pictures, reports, plans, differences."""

import json
import random
import xml.dom.minidom
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner

from dsl.cli.compile import compile_
from dsl.cli.fmt import fmt
from interpreter.cli.commands.diff import diff
from interpreter.cli.commands.graph import graph
from interpreter.cli.commands.plan import plan
from interpreter.cli.commands.report import report
from tests.cli.test_hostile_texts import PIECES, active_in

pytestmark = pytest.mark.slow

ROUNDS = 6
MARKUP = [
    *("<script>alert(1)</script>", "</svg>", "]]>", "-->", "&lt;", "'\"><img src=x onerror=alert(1)>", "</pre>"),
    *('"]; n9 [label="x', "x --> y", "subgraph z", "%%{init}%%", "#quot;", "```", "~~~", "`a`", "</details>", "| |"),
    *("::error file=x::forged", "%0A", "\n# heading", "\nerror: forged", "\\N", "{{", "}}"),
]


def texts() -> list[str]:
    chance = random.Random(7)
    pieces = [each for each in [*PIECES, *MARKUP] if not any("\ud800" <= one <= "\udfff" for one in each)]
    return ["".join(MARKUP), *("".join(chance.choices(pieces, k=12)) for _ in range(ROUNDS))]


def literal(text: str) -> str:
    """As it is written in a flow."""
    return '"' + "".join(one if one.isascii() and one.isalnum() else f"\\u{{{ord(one):x}}}" for one in text) + '"'


def flow(evil: str, more: str = "") -> str:
    text = literal(evil + more)
    return f"""edition 1

type Kind {{ kind: {text} | "other" }}

tool pay(to: text) -> {{ id: text }} irreversible keyed {{ compensate none {text} }}

agent judge(q: text) -> Kind {{ model "gpt-4o-mini" instructions {text} prompt {text} }}

flow main(q: text) -> text budget 1d, 1 usd {{
  step v = judge(q: q)
  await approval ok {text} {{ show v from {text}, "a" timeout 1h then reject }}
  if ok.approved {{ step pay(to: {text}) return "paid" }}
  if v.kind == {text} {{ fail {text} }}
  return {text}
}}
"""


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


def tags_of(page: str) -> set[str]:
    parser = Tags()
    parser.feed(page)
    return parser.found


@pytest.fixture
def run(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.chdir(str(tmp_path))

    def ran(command: object, *arguments: str) -> str:
        ended = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]
        assert ended.exit_code in (0, 1, 7, 8, 9), ended.output
        return ended.output

    return ran


@pytest.mark.parametrize("evil", texts(), ids=map(str, range(ROUNDS + 1)))
def test_it_is_inert_in_each_output_and_breaks_out_of_none(evil: str, run: Callable[..., str]) -> None:
    for name, text in (("evil", flow(evil)), ("evil2", flow(evil, "x")), ("plain", flow("word"))):
        with open(f"{name}.flow", "w", encoding="utf-8") as file:
            file.write(text)
    outputs = {
        **{
            f"graph {form}": run(graph, "evil.flow", "--format", form)
            for form in ("text", "svg", "mermaid", "dot", "json")
        },
        **{
            f"diff {form}": run(diff, "evil.flow", "evil2.flow", "--format", form)
            for form in ("text", "json", "markdown")
        },
        **{f"compile {form}": run(compile_, "evil.flow", "--format", form) for form in ("json", "yaml")},
        "report": run(report, "evil.flow"),
        "report html": run(report, "evil.flow", "--html"),
        "report json": run(report, "evil.flow", "--json"),
        "plan": run(plan, "evil.flow"),
        "fmt": run(fmt, "--diff", "evil.flow"),
    }
    assert {name: active_in(text) for name, text in outputs.items() if active_in(text)} == {}
    xml.dom.minidom.parseString(outputs["graph svg"])
    assert [json.loads(outputs[name]) for name in outputs if name.endswith("json")]
    assert tags_of(outputs["report html"]) <= tags_of(run(report, "plain.flow", "--html"))
    plain = run(graph, "plain.flow", "--format", "dot")
    assert outputs["graph dot"].count("\n") == plain.count("\n"), "each text stays in its label"
    plain = run(graph, "plain.flow", "--format", "mermaid")
    assert outputs["graph mermaid"].count("\n") == plain.count("\n")
    assert not any(
        line.startswith(("error: forged", "::error", "# heading"))
        for each in outputs.values()
        for line in each.splitlines()
    )
