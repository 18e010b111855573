"""What somebody tells an agent that is under way."""

from dataclasses import dataclass

from interpreter.boundary.payloads import JSON


@dataclass
class Tell:
    """`text` for the agent of the step `step`, which may be left out where only one is under way. `by` is who says so.
    `id` is chosen by the client: the same id again is the same message.
    """

    id: str
    text: str
    by: str
    step: str | None = None


def said(tell: Tell) -> JSON:
    """All that it says, as what is compared."""
    return [tell.text, tell.by, tell.step]
