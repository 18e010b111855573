"""`dsl explain` and `dsl hash` as they are typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dsl.cli.explain import _messages, explain
from dsl.cli.hash import hash_
from dsl.definition import seal as sealing
from dsl.diagnostics.codes import CODES
from dsl.diagnostics.searching import MOST, search

TWO = """edition 1
type Name { name: text }
flow inner(name: text) -> text { return name }
flow outer(it: Name) -> text {
  step found = inner(name: it.name)
  return found
}
"""


def hashed(*arguments: str, stdin: str = TWO) -> Result:
    return CliRunner().invoke(hash_, ["-", *arguments], input=stdin)


@pytest.mark.parametrize("code", ["SF301", "sf301"])
def test_a_page_is_printed(code: str) -> None:
    result = CliRunner().invoke(explain, [code])
    assert result.exit_code == 0
    assert result.stdout.startswith("# SF301: loop without a budget")


def test_all_codes_are_listed() -> None:
    assert [line.split("  ")[0] for line in CliRunner().invoke(explain).stdout.splitlines()] == list(CODES)


def test_a_code_that_is_none() -> None:
    result = CliRunner().invoke(explain, ["SF31"])
    assert result.exit_code == 2
    assert "did you mean SF301?" in result.stderr


def found(*words: str) -> list[str]:
    result = CliRunner().invoke(explain, words)
    assert result.exit_code == 0, result.stderr
    return [line.split("  ")[0] for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("timeout", "SF302"),
        ("Timeouts", "SF302"),
        ("without gate", "SF501"),
        ("call without approval", "SF501"),
        ("duplicate name", "SF102"),
        ("infinite loop", "SF301"),
        ("null", "SF202"),
        ("recursion", "SF304"),
        ("not UTF-8", "SF003"),
        ("there is no name `fuond`", "SF101"),
        ("unused parameter", "SF611"),
        ("prompt injection", "SF703"),
        ("suppress a warning", "SF609"),
    ],
)
def test_a_code_is_found_by_words(words: str, code: str) -> None:
    assert found(*words.split())[0] == code


def test_words_may_be_one_argument() -> None:
    assert found("without gate") == found("without", "gate")


def test_each_code_is_found_by_its_title_and_by_what_is_said() -> None:
    messages = _messages()
    missed = [code for code, title in CODES.items() if search(title, messages)[0] != code]
    assert missed == []
    for code, said in messages.items():
        for message in said:
            assert code in search(message, messages)[:3], message


def test_words_that_all_pages_have_find_a_few() -> None:
    assert len(found("the")) == MOST


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["timeotu"], "did you mean `timeout`?"),
        (["aproval", "waitt"], "did you mean `approval wait`?"),
        (["xyzzy"], "`dsl explain` lists all codes"),
        ([""], "`dsl explain` lists all codes"),
        (["--list", "SF101"], "leave the words out"),
    ],
)
def test_words_that_find_nothing(words: list[str], said: str) -> None:
    result = CliRunner().invoke(explain, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_lists_and_pages_as_json() -> None:
    (first, *rest) = json.loads(CliRunner().invoke(explain, ["timeout", "--json"]).stdout)
    assert first == {"code": "SF302", "title": CODES["SF302"]}
    assert rest
    page = json.loads(CliRunner().invoke(explain, ["sf302", "--json"]).stdout)
    assert {**page, "page": ""} == {**first, "page": ""}
    assert page["page"] == CliRunner().invoke(explain, ["SF302"]).stdout
    everything = json.loads(CliRunner().invoke(explain, ["--list", "--json"]).stdout)
    assert [each["code"] for each in everything] == list(CODES) == found("--list")


def test_each_flow_has_a_hash() -> None:
    lines = [line.split("  ") for line in hashed().stdout.splitlines()]
    assert [name for _, name in lines] == ["inner", "outer"]
    assert len({hash_ for hash_, _ in lines}) == 2
    assert hashed("--flow", "inner").stdout == f"{lines[0][0]}\n"


def test_layout_does_not_count_and_meaning_does() -> None:
    same = TWO.replace("{\n", "{  # a comment\n\n").replace("edition 1", "edition    1")
    assert hashed(stdin=same).stdout == hashed().stdout
    assert hashed(stdin=TWO.replace("return found", 'return found + "!"')).stdout != hashed().stdout


def test_a_file_with_errors_has_no_hash() -> None:
    result = hashed(stdin=TWO.replace("return found", "return fuond"))
    assert result.exit_code == 4
    assert "error[SF101]" in result.stdout


@pytest.mark.parametrize("arguments", [["-", "--flow", "none"], ["none.flow"], []])
def test_used_wrongly(arguments: list[str]) -> None:
    assert CliRunner().invoke(hash_, arguments, input=TWO).exit_code == 2


def test_a_file_that_is_no_text_has_no_hash(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_bytes(b"\xe9")
    result = CliRunner().invoke(hash_, [str(tmp_path / "a.flow")])
    assert result.exit_code == 4
    assert "error[SF003]" in result.stdout


@pytest.mark.parametrize("command", [explain, hash_])
def test_help_shows_an_example(command: object) -> None:
    result = CliRunner().invoke(command, ["--help"])  # type: ignore[arg-type]
    assert "Examples:" in result.stdout


GATED = """edition 1
tool pay(amount: int) irreversible keyed final
flow pays(amount: int) requires approval { step pay(amount) }
flow main() {
  await approval ok "Pay?" { from "leads" timeout 1h then reject }
  if ok.approved { step pays(1) }
}
"""


def test_a_flow_that_is_only_called_has_a_hash_too() -> None:
    found = hashed(stdin=GATED)
    assert found.exit_code == 0, found.output
    names = [line.split()[1] for line in found.stdout.splitlines()]
    assert names == ["pays", "main"]
    assert hashed("--flow", "pays", stdin=GATED).stdout.strip() == found.stdout.split()[0]


def test_what_flows_share_is_made_once_for_all_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    parts_of = sealing.parts_of
    monkeypatch.setattr(sealing, "parts_of", lambda *given: made.append(1) or parts_of(*given))
    assert hashed().exit_code == 0
    assert len(made) == 1
