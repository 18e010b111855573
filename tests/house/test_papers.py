"""What stands beside the code: the changelog, the licence, the lock, and nothing that ties a file to one place."""

import ast
import importlib
import re
import tomllib

import click
import pytest

from interpreter.cli.group import dsl
from tests.house.checkout import ROOT, committed

PACKAGE_HOSTS = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
READ_AS_TEXT = {".py", ".toml", ".lock", ".md", ".flow", ".json", ".yaml", ".yml", ".lark", ".txt", ".sh", ""}


def test_the_changelog_has_a_section_for_this_version() -> None:
    version = _project()["version"]
    assert re.search(rf"^## \[{re.escape(version)}\]", _read("CHANGELOG.md"), re.MULTILINE)


def test_the_licence_is_the_one_that_is_named() -> None:
    assert _project()["license"] == "Apache-2.0"
    assert "Apache License" in _read("LICENSE")
    assert "Version 2.0, January 2004" in _read("LICENSE")


def test_no_file_names_a_package_host() -> None:
    naming = {
        str(path): host
        for path in committed()
        if path.suffix in READ_AS_TEXT
        for host in PACKAGE_HOSTS
        if host in (ROOT / path).read_text(encoding="utf-8", errors="replace")
    }
    assert naming == {}


@pytest.mark.parametrize(("lock", "least"), [("requirements.lock", 20), (".ci/site.txt", 8)])
def test_everything_that_is_locked_is_locked_by_hash(lock: str, least: int) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", _read(lock).strip())
    assert len(entries) > least
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_what_both_locks_have_is_the_same() -> None:
    wanted, beside = (
        dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", _read(lock), re.MULTILINE))
        for lock in ("requirements.lock", ".ci/site.txt")
    )
    assert {name for name, version in beside.items() if wanted.get(name, version) != version} == set()
    assert "zensical" in beside


def test_every_dependency_is_locked() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = set(re.findall(r"^([a-z0-9-]+)==", _read("requirements.lock"), re.MULTILINE))
    names = {re.split(r"[<>=!~ ;\[]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    assert names - locked == set()


def test_the_readme_quotes_the_example_as_it_is() -> None:
    (quoted,) = (
        block
        for block in re.findall(r"^```\n(.*?)^```", _read("README.md"), re.MULTILINE | re.DOTALL)
        if "agent triage" in block
    )
    lines = [line for line in quoted.splitlines() if line.strip() != "…"]
    assert "\n".join(lines).rstrip() in _read("examples/support.flow")


def test_the_readme_names_only_commands_that_there_are() -> None:
    named = set(re.findall(r"`?dsl ([a-z]+)\b", _read("README.md")))
    assert len(named) > 10
    assert named - set(dsl.list_commands(click.Context(dsl))) == set()


def test_what_the_readme_imports_is_there() -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```", _read("README.md"), re.MULTILINE | re.DOTALL)
    imports = [node for node in ast.parse(program).body if isinstance(node, ast.ImportFrom)]
    missing = [
        f"{node.module}.{name.name}"
        for node in imports
        for name in node.names
        if not hasattr(importlib.import_module(node.module or ""), name.name)
    ]
    assert len(imports) > 2
    assert missing == []


def _project() -> dict[str, str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project: dict[str, str] = tomllib.load(file)["project"]
    return project


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
