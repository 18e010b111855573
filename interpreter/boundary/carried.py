"""What goes between a run and the workflow that carries one of its calls. A field is only ever added."""

from dataclasses import dataclass, field

from interpreter.boundary.payloads import JSON, References


@dataclass
class Carried:
    """The first argument of a carrier; the second are the arguments of the call, as they stand in the activity's.
    `call` is the command (`core.commands.CallTool`) without what has its default, and without its arguments;
    `references` are those of the arguments.
    """

    call: dict[str, JSON]
    references: References = field(default_factory=list)


@dataclass
class LookRequest:
    """After a carrier; `ending`: it has said that it is about to end, so that is waited for."""

    workflow_id: str
    ending: bool = False
