"""What goes between a run and the workflow that carries one of its calls. A field is only ever added."""

from dataclasses import dataclass, field

from interpreter.boundary.payloads import JSON, References


@dataclass
class Carried:
    """The first argument of a carrier; the second is that of the activity. `call` is the command (`CallTool` of
    `core.commands`) without what has its default and what the activity is given; `references` are those of that.
    `first_run`, of an attempt at a model (`AttemptModel`): the id of the first execution of the run.
    """

    call: dict[str, JSON]
    references: References = field(default_factory=list)
    first_run: str = ""


@dataclass
class LookRequest:
    """After a carrier; `ending`: it has said that it is about to end, so that is waited for."""

    workflow_id: str
    ending: bool = False
