"""Files that use others: what is linked, what is refused, and where each mistake is shown."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from dsl.analysis import Analysis, analyse
from dsl.cli.check import check
from dsl.definition.canonical import canonical
from dsl.definition.seal import Sealed, seal
from dsl.diagnostics.frame import frame
from dsl.linking.files import files_of
from dsl.source import Source
from interpreter.client.compiling import compile_flow
from interpreter.client.errors import FlowRefused
from interpreter.client.places import find_place
from interpreter.client.submission import read_source
from interpreter.worker.flows import UnusableFlow, definitions

CRM = """
type Customer { name: text, tier: "a" | "b" }

tool crm.find(id: text) -> Customer read

fn polite(customer: Customer) -> text = "Dear {{ customer.name }}"

flow greet(id: text) -> text {
  step found = crm.find(id: id)
  return polite(found)
}
"""
HELLO = """
flow hello(id: text) -> text {
  step one = greet(id: id)
  step two = crm.find(id: id)
  return "{{ one }}, {{ polite(two) }}"
}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "steadflow.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**files: str) -> None:
    """`lib__crm` is `lib/crm.flow`."""
    for name, text in files.items():
        path = Path(f"{name.replace('__', '/')}.flow")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"edition 1\n{text}", encoding="utf-8")


def checked(name: str = "main.flow") -> Analysis:
    return analyse(Source(name, Path(name).read_text(encoding="utf-8")), files=files_of(name))


def said(name: str = "main.flow") -> list[str]:
    found = checked(name)
    return [
        f"{found.source.at(each.primary.span.start)[0].name}: {each.code} {each.message}" for each in found.diagnostics
    ]


def sealed(name: str, flow: str | None = None) -> Sealed:
    found = checked(name)
    assert found.ok, said(name)
    return seal(found.facts, found.source, flow, gates=found.gates, spends=found.spends)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "main",
    [
        f'use "lib/crm.flow"\n{HELLO}',
        f'use "lib/crm.flow" as c\n{HELLO.replace("greet(", "c.greet(").replace("crm.find", "c.crm.find")}',
        f'use "lib/crm.flow" as crm\n{HELLO.replace("greet(", "crm.greet(")}',
        f'{HELLO}\nuse "./lib/../lib/crm.flow"',
    ],
)
def test_a_text_that_is_split_keeps_its_hash(main: str) -> None:
    write(whole=CRM + HELLO, main=main, lib__crm=CRM)
    assert said() == []
    assert sealed("main.flow").json == sealed("whole.flow").json
    assert sealed("lib/crm.flow").hash == sealed("whole.flow", "greet").hash
    write(lib__crm=CRM.replace("Dear", "Dearest"))
    assert sealed("main.flow").hash != sealed("whole.flow").hash


@pytest.mark.usefixtures("project")
def test_clients_and_workers_take_such_a_file() -> None:
    write(main=f'use "lib/crm.flow"\n{HELLO}', lib__crm=CRM)
    compiled = compile_flow(read_source("main.flow"), None)
    assert [each.hash for each in definitions(["main.flow"])] == [compiled.hash]
    place = find_place(json.loads(canonical(compiled.source_map)), "greet/found")
    assert place is not None
    assert place.source.name == "lib/crm.flow"
    assert place.source.slice(place.span) == "step found = crm.find(id: id)"
    own = find_place(json.loads(canonical(compiled.source_map)), "hello/two")
    assert own is not None
    assert (own.source.name, own.source.slice(own.span)) == ("main.flow", "step two = crm.find(id: id)")
    write(lib__crm=CRM.replace("found)", "fund)"))
    with pytest.raises(FlowRefused) as refused:
        compile_flow(read_source("main.flow"), None)
    assert "lib/crm.flow:11:17" in frame(refused.value.source, refused.value.diagnostics[0])
    with pytest.raises(UnusableFlow, match=r"lib/crm\.flow:11:17"):
        definitions(["main.flow"])


@pytest.mark.usefixtures("project")
def test_files_are_linked_once_and_circles_are_told_with_their_way() -> None:
    write(
        main='use "a.flow"\nuse "lib/crm.flow"\n'
        "flow main(id: text) -> text { step x = a(id: id) step y = greet(id: x) return y }",
        a='use "lib/../lib/crm.flow"\nflow a(id: text) -> text { step x = greet(id: id) return x }',
        lib__crm=CRM,
    )
    assert said() == []
    assert len(checked().source.parts) == 3
    write(lib__crm=f'use "../a.flow"\n{CRM}')
    assert "lib/crm.flow: SF110 files use each other in a circle: `a.flow` → `lib/crm.flow` → `a.flow`" in said()
    write(main=f'use "main.flow"\n{CRM}')
    assert "main.flow: SF110 files use each other in a circle: `main.flow` → `main.flow`" in said()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("path", "message", "help_"),
    [
        ("lib/crn.flow", "there is no file `lib/crn.flow`", 'did you mean `"lib/crm.flow"`?'),
        ("crm.flow", "there is no file `crm.flow`", 'did you mean `"lib/crm.flow"`?'),
        ("/lib/crm.flow", "`/lib/crm.flow` is no relative path", None),
        ("../../x.flow", "`../../x.flow` leads out of the project", None),
        ("way/crm.flow", "`way/crm.flow` leads out of the project", None),
        ("lib/crm", "`lib/crm` is no flow file", "its name ends in `.flow`"),
        ("lib\\\\crm.flow", "`lib\\crm.flow` is no path", None),
        ("round.flow", "`round.flow` leads to no file", None),
        (f"{'x' * 5000}.flow", f"`{'x' * 5000}.flow` leads to no file", None),
        ("pipe.flow", "there is no file `pipe.flow`", 'did you mean `"binary.flow"`?'),
        ("binary.flow", "`binary.flow` is not UTF-8 text: line 2, column 6", None),
    ],
)
def test_a_file_that_cannot_be_used(
    path: str, message: str, help_: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "crm.flow").write_text(f"edition 1\n{CRM}", encoding="utf-8")
    Path("way").symlink_to(outside)
    Path("round.flow").symlink_to("round.flow")
    os.mkfifo("pipe.flow")
    Path("binary.flow").write_bytes("# a\r\n# 𝒳 é".encode() + b"\xff")
    write(main=f'use "{path}"\n{HELLO}', lib__crm=CRM)
    found = checked().diagnostics
    assert [(each.code, each.message) for each in found] == [("SF110", message)]
    assert help_ is None or found[0].help == help_


@pytest.mark.usefixtures("project")
def test_a_name_is_declared_once_and_both_places_are_shown() -> None:
    write(main=f'use "lib/crm.flow" as other\n{CRM}{HELLO}', lib__crm="tool crm.find(id: text) -> text read")
    found = checked()
    (twice,) = [each for each in found.diagnostics if each.code == "SF102"]
    assert frame(found.source, twice) == (
        "error[SF102]: `crm.find` is defined twice\n"
        " --> main.flow:6:6\n"
        "  |\n"
        "6 | tool crm.find(id: text) -> Customer read\n"
        "  |      ^^^^^^^^\n"
        " ::: lib/crm.flow:2:6\n"
        "  |\n"
        "2 | tool crm.find(id: text) -> text read\n"
        "  |      -------- the first one\n"
        "  |\n"
        "  = help: give it another name"
    )


@pytest.mark.usefixtures("project")
def test_a_file_names_what_it_needs() -> None:
    write(
        main='use "a.flow" as a\nflow main(id: text) -> text {\n'
        "step x = a.a(id: id) step y = a.b(id: x) step z = a(id: y)\nstep w = greet(id: z) return w }",
        a='use "lib/crm.flow"\nflow a(id: text) -> text { step x = greet(id: id) return x }',
        lib__crm=CRM,
    )
    assert said() == [
        "main.flow: SF101 `a.flow` declares no `b`",
        "main.flow: SF101 there is no `a` here: it comes from `a.flow`, as `a.a`",
        "main.flow: SF101 there is no `greet` here: it is declared in `lib/crm.flow`, which this file does not use",
    ]


@pytest.mark.usefixtures("project")
def test_what_nobody_uses_is_told() -> None:
    write(main='use "lib/crm.flow"\nuse "lib/crm.flow"\nflow main() -> text { return "x" }', lib__crm=CRM)
    assert said() == [
        "main.flow: SF603 nothing of `lib/crm.flow` is used in this file",
        "main.flow: SF603 this file uses `lib/crm.flow` already",
    ]


@pytest.mark.usefixtures("project")
def test_a_folder_tells_each_mistake_once_with_the_right_file() -> None:
    write(
        main=f'use "lib/crm.flow"\n{HELLO}',
        other=f'use "lib/crm.flow"\n{HELLO}',
        lib__crm=CRM.replace("found)", "fund)"),
    )
    told = CliRunner().invoke(check, [".", "--format", "concise"]).stdout
    assert told == "lib/crm.flow:11:17: SF101 there is no name `fund`\n"
    alone = CliRunner().invoke(check, ["main.flow", "other.flow", "--format", "json"]).stdout
    (only,) = json.loads(alone)["diagnostics"]
    assert (only["file"], only["primary"]["span"]["start"]) == ("lib/crm.flow", {"line": 11, "column": 17})


@pytest.mark.usefixtures("project")
def test_what_a_file_declares_for_others_is_not_said_to_be_unused() -> None:
    library = """tool crm.find(id: text) -> text read
tool crm.note(id: text) -> text read
flow note(id: text) -> text { step made = crm.note(id: id) return made }"""
    write(lib__crm=library)
    assert [each.code for each in checked("lib/crm.flow").diagnostics] == ["SF608"]
    write(sub__main='use "../lib/crm.flow"\nflow main(id: text) -> text { step made = crm.find(id: id) return made }')
    assert checked("lib/crm.flow").diagnostics == ()
    write(sub__main="flow main(id: text) -> text { return id }")
    Path("sub/broken.flow").write_bytes(b'use "crm.flow"\nuse "../lib/\xff.flow"')
    assert [each.code for each in checked("lib/crm.flow").diagnostics] == ["SF608"]


@pytest.mark.usefixtures("project")
def test_constants_come_with_a_file_and_are_no_part_of_the_hash() -> None:
    write(lib__rates='let RATE = 0.25 * STEP\nlet STEP = 2\nlet NAME = "x"\nfn rated(x: decimal) -> decimal = x * RATE')
    flow = "flow main(x: decimal) -> decimal budget STEP calls { return rated(x) + RATE }"
    write(main=f'use "lib/rates.flow"\n{flow}', other=f'use "lib/rates.flow" as rates\n{flow}')
    assert said() == said("other.flow") == []
    write(
        alone="fn rated(x: decimal) -> decimal = x * (0.25 * 2)\n"
        + flow.replace("STEP", "2").replace("RATE", "0.25 * 2")
    )
    assert sealed("main.flow").json == sealed("other.flow").json
    assert sealed("main.flow").hash == sealed("alone.flow").hash


@pytest.mark.usefixtures("project")
def test_a_constant_is_named_only_where_its_file_is_used() -> None:
    write(lib__base="let STEP = 2", lib__rates='use "base.flow"\nfn rated(x: int) -> int = x * STEP')
    write(main='use "lib/rates.flow"\nflow main(x: int) -> int { return rated(x) + STEP }')
    message = "there is no `STEP` here: it is declared in `lib/base.flow`, which this file does not use"
    assert said() == [f"main.flow: SF101 {message}"]
    write(main='use "lib/rates.flow"\nflow main(STEP: int) -> int { return rated(STEP) }')
    assert said() == []
    write(main='use "lib/base.flow"\nflow main(STEP: int) -> int { return STEP }')
    assert said() == ["main.flow: SF603 nothing of `lib/base.flow` is used in this file"]
    write(main='use "lib/base.flow"\nlet STEP = 3\nflow main() -> int { return STEP }')
    assert [each[:16] for each in said()] == ["main.flow: SF102"]


@pytest.mark.usefixtures("project")
def test_a_flow_calls_itself_through_a_file_only_with_a_depth() -> None:
    again = "flow down(n: int) -> int { step m = down(n: n) return m }"
    write(main='use "lib/a.flow"\nflow main(n: int) -> int { step m = down(n: n) return m }', lib__a=again)
    assert [each[:23] for each in said()] == ["lib/a.flow: SF304 `down"]


EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.flow"))
IN_ONE_FILE = [each for each in EXAMPLES if '\nuse "' not in each.read_text(encoding="utf-8")]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("example", IN_ONE_FILE[::3], ids=lambda path: path.stem)
def test_an_example_keeps_its_hashes_when_all_but_its_main_flow_moves(example: Path) -> None:
    """Gates, labels, spending and all that a definition holds are found through files."""
    text = example.read_text(encoding="utf-8")
    whole = analyse(Source("whole.flow", text))
    assert whole.main_flow is not None
    span = whole.main_flow.span
    Path("lib.flow").write_text(text[: span.start] + text[span.end :], encoding="utf-8")
    Path("main.flow").write_text(f'edition 1\nuse "lib.flow"\n{text[span.start : span.end]}\n', encoding="utf-8")
    expected = seal(whole.facts, whole.source, gates=whole.gates, spends=whole.spends)
    assert sealed("main.flow").json == expected.json
