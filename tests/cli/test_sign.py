"""`dsl sign` as it is typed."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from interpreter.cli.commands.diff import diff
from interpreter.cli.commands.report import report
from interpreter.cli.commands.sign import sign
from interpreter.cli.group import run_command
from interpreter.cli.serving import Serving
from interpreter.identity.signatures import file_of
from tests.house.checkout import ROOT
from tests.identity.project import PAY, Project, made_in


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name in ("STEADFLOW_PEOPLE", "STEADFLOW_MODELS", "STEADFLOW_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    project = made_in(tmp_path)
    for name, key in project.keys.items():
        key.write(tmp_path / f"{name}.key")
    return project


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(sign, list(arguments))


def test_it_is_signed_and_what_is_missing_is_said(project: Project) -> None:
    project.signers("*  leads, finance\n/two.flow  nobody\n/lib/  nobody\n")
    first = typed("pay.flow", "--key", "ben.key")
    assert (first.exit_code, 'it still lacks somebody of "finance"' in first.stdout) == (0, True), first.output
    checked = typed("--check")
    assert (checked.exit_code, 'lacks somebody of "finance"' in checked.stdout) == (1, True), checked.output
    assert "signed by ben" in checked.stdout
    second = typed("pay.flow", "--key", "cleo.key")
    assert (second.exit_code, "lacks" in second.stdout) == (0, False)
    checked = typed("--check")
    assert (checked.exit_code, "is signed off by ben, cleo" in checked.stdout) == (0, True), checked.output
    assert "3 flows are to be signed off; 0 not yet" in checked.stderr


def test_what_has_changed_is_said_by_the_check_and_the_report(project: Project) -> None:
    project.sign("ben", "cleo")
    project.pay.write_text(PAY.replace("to: to", 'to: "me"'))
    checked = typed("--check", "pay.flow", "--json")
    (row,) = json.loads(checked.stdout)
    assert (checked.exit_code, row["flow"], row["changes"]) == (
        1,
        "pay",
        [{"of": "flow", "name": "pay", "weight": "compatible", "said": 'step paid: argument to: to → "me"'}],
    )
    assert [each["name"] for each in row["missing"]] == ["leads", "finance"]
    shown = CliRunner().invoke(report, ["pay.flow"]).stdout
    assert "1 change, 0 of them weaker or breaking, since" in shown
    assert '- flow `pay`: `step paid: argument to: to → "me"`.\n       pay.flow:3  flow pay' in shown
    assert typed("pay.flow", "--key", "ada.key").exit_code == 0
    data = json.loads(CliRunner().invoke(report, ["pay.flow", "--json"]).stdout)
    assert data["approved"]["changes"][0]["place"]["line"] == 3
    assert len(data["approved"]["lacks"]) == 1


def test_the_report_says_that_it_is_signed(project: Project) -> None:
    assert "No version was signed yet." in CliRunner().invoke(report, ["pay.flow"]).stdout
    project.sign("ben", "cleo")
    assert "Nothing: this version is signed by `ben` and `cleo`." in CliRunner().invoke(report, ["pay.flow"]).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("pay.flow",), 2, "dsl keys new"),
        ((), 2, "Name one file"),
        (("pay.flow", "two.flow", "--key", "ben.key"), 2, "Name one file"),
        (("none.flow", "--key", "ben.key"), 2, "there is no file none.flow"),
        (("two.flow", "--key", "ben.key"), 2, "choose a flow with --flow: one, two"),
        (("two.flow", "--flow", "three", "--key", "ben.key"), 2, "there is no flow `three`"),
        (("pay.flow", "--key", "eve.key"), 2, "eve is none of them"),
        (("pay.flow", "--key", "stranger.key"), 2, "belongs to nobody"),
        (("pay.flow", "--key", "none.key"), 2, "cannot be read"),
        (("pay.flow", "--key", "ben.key", "--people", "none.yaml"), 1, "cannot be read"),
        (("--check", "none"), 2, "there is no file or folder none"),
        (("--check", "pay.flow", "--flow", "three"), 2, "there is no flow `three`"),
        (("--check", "bad.flow"), 4, "SF101"),
    ],
)
def test_what_cannot_be_signed_is_said(project: Project, arguments: tuple[str, ...], code: int, said: str) -> None:
    (project.folder / "bad.flow").write_text("edition 1\nflow main() { step x = y() }\n")
    ended = typed(*arguments)
    assert (ended.exit_code, said in ended.output) == (code, True), ended.output
    assert not file_of(project.pay).exists()


def test_the_documentation_shows_what_is_refused(project: Project) -> None:
    support = (ROOT / "examples" / "support.flow").read_text(encoding="utf-8")
    file = project.folder / "support.flow"
    file.write_text(support)
    project.sign("ada", "ben", file=file)
    file.write_text(support.replace("0.50 usd", "5 usd").replace('2 of "support-managers"', '"support-managers"'))
    project.signers("*  leads, finance\n")
    project.sign("ada", file=file)
    page = (ROOT / "docs" / "signing.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```\nerror: (.*?)^```", page, re.MULTILINE | re.DOTALL)
    refused = run_command(["run", "support.flow", "--require-signed", "--rehearse", "--input", _INPUT])
    assert refused == 4
    assert typed("--check", "support.flow").stdout == shown
    changes = json.loads(CliRunner().invoke(report, ["support.flow", "--json"]).stdout)["approved"]["changes"]
    assert changes[0]["place"]["text"].startswith("flow support(")
    assert changes[1]["place"]["text"].startswith("await approval refund ")


_INPUT = '{"ticket": {"customer": "c", "subject": "s", "body": "b"}}'


def test_a_broken_file_is_no_traceback(project: Project) -> None:
    file_of(project.pay).write_text("{")
    for command in (("--check", "pay.flow"), ("pay.flow", "--key", "ben.key")):
        ended = typed(*command)
        assert (ended.exit_code, "cannot be used" in ended.output) == (1, True), ended.output
    shown = CliRunner().invoke(report, ["pay.flow"])
    assert (shown.exit_code, "cannot be used" in shown.output) == (1, True)


def test_a_rehearsal_has_the_settings_that_are_not_about_providers(project: Project) -> None:
    (project.folder / "steadflow.toml").write_text('require_signed = true\n[config]\nregion = "eu"\n')
    models = Serving(rehearse=True, place=project.folder).models
    assert (models.require_signed, models.config) == (True, {"region": "eu"})


def test_a_run_starts_only_what_is_signed_off(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Before a server is started or asked."""
    command = ["run", "pay.flow", "--set", "to=x", "--rehearse"]
    assert run_command([*command, "--require-signed"]) == 4
    assert 'lacks somebody of "leads", somebody of "finance"' in capsys.readouterr().err
    (project.folder / "steadflow.toml").write_text("require_signed = true\n")
    assert run_command(command) == 4
    assert "dsl sign FILE" in capsys.readouterr().err


def differences(*arguments: str) -> Result:
    return CliRunner().invoke(diff, list(arguments), standalone_mode=False)


def test_what_differs_from_the_version_that_was_signed(project: Project) -> None:
    assert "nobody has signed a flow" in str(differences("signed:", "pay.flow").exception)
    project.sign("ben", "cleo")
    same = differences("signed:", "pay.flow")
    assert (same.return_value, "nothing but layout" in same.stdout) == (0, True), same.output
    project.pay.write_text(PAY.replace("to: to", 'to: "me"'))
    project.sign("ben")
    changed = differences("signed:pay.flow", "pay.flow")
    assert (changed.return_value, 'argument to: to → "me"' in changed.stdout) == (7, True), changed.output
    assert differences("pay.flow", "signed:").return_value == 7
    others = (
        PAY.replace("to: to", 'to: "me"')
        + "\ntool never.called(n: int) -> int read\nflow another(n: int) -> int { return n }\n"
    )
    project.pay.write_text(others)
    for sides in (("signed:pay.flow:pay", "pay.flow"), ("pay.flow", "signed:pay.flow:pay")):
        told = differences(*sides)
        assert (told.return_value, "argument to:" in told.stdout) == (7, True), told.output
        assert "another" not in told.stdout
        assert "never.called" not in told.stdout
    project.edit(lambda signed: [each["signatures"].clear() for each in signed])
    assert "no signature in pay.flow.signed counts" in str(differences("signed:", "pay.flow").exception)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (("signed:",), "say what signed: is compared with"),
        (("signed:", "lib"), "say which file's signatures"),
        (("signed:", "git:HEAD"), "say which file"),
        (("signed:two.flow", "two.flow"), "several flows of two.flow are signed"),
        (("signed:two.flow:three", "two.flow"), "nobody has signed the flow `three`"),
    ],
)
def test_what_was_signed_has_to_be_named(project: Project, sides: tuple[str, ...], said: str) -> None:
    project.sign("ben", "cleo", file=project.folder / "two.flow", flow="one")
    project.sign("ben", "cleo", file=project.folder / "two.flow", flow="two")
    assert said in str(differences(*sides).exception)
