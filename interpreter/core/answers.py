"""What a tool answered, as a value of the type that is declared for it.

What is small is held against the type here. What lies in the store was put there by a worker, which knows a function's
annotations and not the declaration: bounds, patterns and defaults stand in none of them, and `dict` or `Any` says
nothing at all. So it is looked into beside the store, before anything is done with it. Whoever has looked says so.
"""

from dsl.ast.types import Type
from dsl.expressions.errors import EvaluationError
from dsl.expressions.values import Value
from dsl.values.problems import Checked
from dsl.values.validate import demands_more, validate
from interpreter.core import fetching
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Exit
from interpreter.core.state import Frame

SLOT = "answer"


def read(machine: Machine, frame: Frame, answer: Exit, returns: Type | None) -> tuple[Value, str]:
    """The value, and what of it does not fit, if anything. Raises `Suspended` where it has to be looked into."""
    if returns is None:
        return None, ""
    types = machine.definition.types
    checked = validate(answer.value, returns, types, received=True)
    if checked.problems or not answer.unseen or not demands_more(answer.value, returns, types):
        return checked.value, _words(checked)
    try:
        return fetching.received(machine, frame, SLOT, answer.value, returns), ""
    except EvaluationError as error:
        if error.kind != fetching.UNFIT:
            return checked.value, ""  # who is asked to end does not wait for an object that is gone
        return None, error.message


def _words(checked: Checked) -> str:
    return "; ".join(map(str, checked.problems))
