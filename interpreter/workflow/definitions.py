"""Definitions for the workflow: from the run's input, or by hash from the worker; decoded once in a process.

A definition that is missing raises `LookupError`, which fails the workflow task and never the run, so it can be mended.
"""

import hashlib
from functools import lru_cache

from temporalio import workflow

from dsl.definition.definition import Definition
from dsl.definition.packed import unpacked
from dsl.definition.unseal import narrow, unseal
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.names import ADMIT_FUNCTION, ADMIT_MOVE_FUNCTION, DEFINITION_FUNCTION
from interpreter.boundary.payloads import RunInput


def admit(run_input: RunInput) -> None:
    """Where the worker begins only what is signed off: it is asked, and raises, or lets the run go on. Nothing is
    decided by it, so a history holds only what was let in. What a repair begins with is a state too: whoever starts it
    says what is left, and calls with these arguments were never looked at by who signed."""
    asked = workflow.extern_functions().get(ADMIT_FUNCTION)
    if asked is not None:
        has_state = run_input.state is not None or run_input.repair is not None
        asked(run_input.flow, run_input.definition.hash, has_state)


def admit_move(flow: str, hash_: str) -> None:
    """As `admit`, of the definition that a run is to go on with. Only asked before that stands in a history."""
    asked = workflow.extern_functions().get(ADMIT_MOVE_FUNCTION)
    if asked is not None:
        asked(flow, hash_)


def load(envelope: DefinitionEnvelope, flow: str) -> Definition:
    """The definition of `flow`: the sealed one of that hash, or the part of it that a child runs."""
    inline = envelope.inline
    if inline is None:
        data = workflow.extern_functions()[DEFINITION_FUNCTION](envelope.hash)
        return _decoded(envelope.hash, flow, data)
    return _decoded_inline(envelope.hash, flow, inline)


@lru_cache(maxsize=256)
def _decoded_inline(expected: str, flow: str, inline: str) -> Definition:
    return _decoded(expected, flow, unpacked(inline))


@lru_cache(maxsize=256)
def _decoded(expected: str, flow: str, data: bytes) -> Definition:
    if hashlib.sha256(data).hexdigest() != expected:
        raise LookupError(f"the definition of hash {expected} is damaged")
    whole = unseal(data)
    return whole if whole.flow == flow else narrow(whole, flow)
