"""What `dsl` says of itself, and what it loads to say it."""

import subprocess
import sys

import click
import pytest

from interpreter.cli.group import dsl
from interpreter.cli.lazy_group import ENTRIES
from tests.cli.conftest import ROOT

HEAVY = ("temporalio", "openai", "opentelemetry", "pydantic", "jsonschema", "rich", "yaml")


def command(name: str) -> click.Command:
    found = dsl.get_command(click.Context(dsl), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ENTRIES)
def test_the_table_says_of_a_command_what_it_says_of_itself(name: str) -> None:
    assert (command(name).help or "").splitlines()[0] == ENTRIES[name].summary


@pytest.mark.parametrize("name", ENTRIES)
def test_every_help_has_an_example(name: str) -> None:
    assert f"dsl {name}" in (command(name).epilog or "")


@pytest.mark.parametrize("name", ENTRIES)
def test_every_option_is_explained(name: str) -> None:
    options = [parameter for parameter in command(name).params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["explain", "SF101"], ["check", "--help"], ["check", "tests/cases/cli/shop.flow"]],
)
def test_light_commands_load_nothing_heavy(arguments: list[str]) -> None:
    heavy = HEAVY if "--version" in arguments else (*HEAVY, "email")  # which reads the metadata of packages
    program = (
        "import sys\n"
        "from interpreter.cli.group import dsl\n"
        f"try: dsl.main({arguments!r}, standalone_mode=False)\n"
        "finally: print('loaded', *sorted({name.partition('.')[0] for name in sys.modules} & set(%r)))" % (heavy,)
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines()[-1] == "loaded", ended.stderr
