"""`FILE | -`: the flow that a command starts. Standard input is read once, whoever asks for it."""

import sys
from pathlib import Path

from dsl.cli.searching import STDIN
from dsl.definition.seal import Sealed
from dsl.source import Source
from interpreter.boundary.payloads import JSON
from interpreter.cli.configuring import read_config
from interpreter.cli.problem import Misuse
from interpreter.client.compiling import compile_flow
from interpreter.client.submission import FlowSource, read_source, source_in

NAME = "<stdin>"


def given_source(file: Path, input: str | None = None) -> Source:
    """The text of the flow; `input` is where that of the run comes from, which cannot be the same."""
    if str(file) != STDIN:
        return read_source(file)
    if input == STDIN:
        raise Misuse("standard input is the flow, or the flow's input, and cannot be both: one of them is a file")
    return source_in(NAME, sys.stdin.buffer.read())


def given_flow(file: Path, flow: str | None, input: str | None = None) -> FlowSource:
    """What is started: a file is read where that is done."""
    return file if str(file) != STDIN else compile_flow(given_source(file, input), flow)


def given_with_config(
    file: Path, flow: str | None, input: str | None, config: tuple[str, ...]
) -> tuple[FlowSource, dict[str, JSON]]:
    """With the values of the deployment, which are read as the flow declares them."""
    source = given_flow(file, flow, input)
    if not config:
        return source, {}
    return source, read_config(config, source if isinstance(source, Sealed) else compile_flow(read_source(file), flow))
