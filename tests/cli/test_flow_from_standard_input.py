"""`-` in the place of a file: what starts a flow reads it from standard input, as what checks one does."""

import pytest

from tests.cli.conftest import Dsl

FLOW = """edition 1
config region: text = "eu"
flow greet(name: text) -> text { return "Hello {{ name }} in {{ region }}" }
"""


def test_what_comes_in_is_run(dsl: Dsl) -> None:
    ended = dsl("run", "-", "--set", "name=Ada", "--config", "region=us", input=FLOW)
    assert (ended.code, ended.out) == (0, '"Hello Ada in us"\n')


@pytest.mark.slow
def test_what_comes_in_is_submitted_and_sent(dsl: Dsl) -> None:
    here = ("--set", "name=Ada", "--config", "region=us", "--id", "piped")
    assert dsl("submit", "-", *here, input=FLOW).out == "piped\n"
    (here,) = [line for line in dsl("runs").out.splitlines() if line.startswith("piped")]
    assert "greet" in here
    same = dsl("upgrade", "piped", "-", input=FLOW)
    assert (same.code, same.out.startswith("piped goes on with ")) == (0, True), same.err


def test_a_mistake_in_it_is_shown_with_its_place(dsl: Dsl) -> None:
    ended = dsl("run", "-", input=FLOW.replace("{{ region }}", "{{ regio }}"))
    assert (ended.code, "<stdin>:3:" in ended.err or "--> <stdin>" in ended.err) == (4, True)


def test_it_cannot_be_the_input_too(dsl: Dsl) -> None:
    for command in ("run", "submit"):
        ended = dsl(command, "-", "--input", "-", input=FLOW)
        assert (ended.code, "standard input is the flow, or the flow's input" in ended.err) == (2, True)
