"""A circuit breaker: a provider that fails again and again is left alone for a while, by this worker.

It opens after `MOST_FAILURES` in a row that say that the provider cannot answer now (overloaded, an error of its own,
no connection), for a time that doubles each time up to a minute. Then one question is let through: where it is
answered, whatever the answer, everything is as before; where it fails, it opens again. Failures to connect count for
the provider, all others for the model there, because another model of the same provider may well answer.

What is not asked costs nothing and is told how long to wait. The interpreter waits for that durably, or asks another
model.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from interpreter.boundary import failures
from interpreter.providers.provider import ProviderFailure

MOST_FAILURES = 5
FIRST_SECONDS, LONGEST_SECONDS = 5.0, 60.0
LONGEST_REASON = 200
"""Characters of the latest failure that are told again."""

_CONNECTION = (failures.CONNECTION_FAILED,)
_OF_MODEL = (failures.OVERLOADED,)


@dataclass
class Circuit:
    """One thing that can fail. `pause`: seconds for which it is left alone, none while it is not; `probing`: the one
    question that shows how it is has been let through, and is out.
    """

    failed: int = 0
    pause: float = 0.0
    until: float = 0.0
    probing: bool = False
    reason: str = ""

    def wait(self, now: float) -> float:
        """Seconds until it may be asked; 0 for now."""
        if not self.pause:
            return 0.0
        return self.pause if self.probing else max(0.0, self.until - now)

    def asked(self) -> None:
        self.probing = self.pause > 0

    def given_up(self) -> None:
        """Nobody knows how the question ended."""
        self.probing = False

    def closed(self) -> None:
        self.failed, self.pause = 0, 0.0

    def failed_at(self, now: float, reason: str) -> None:
        self.failed += 1
        self.probing = False
        self.reason = reason
        if self.failed >= MOST_FAILURES:
            self.pause = min(2 * self.pause or FIRST_SECONDS, LONGEST_SECONDS)
            self.until = now + self.pause


class Breaker:
    """The circuits of one provider: its own, and one for each of its models."""

    def __init__(self, provider: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._provider = provider
        self._clock = clock
        self._whole = Circuit()
        self._models: dict[str, Circuit] = {}

    def ask(self, model: str) -> "Question":
        """Raises `ProviderFailure` where it is not to be asked now."""
        circuits = (self._whole, self._models.setdefault(model, Circuit()))
        now = self._clock()
        for circuit, name in zip(circuits, (self._provider, f"{model} at {self._provider}"), strict=True):
            wait = math.ceil(circuit.wait(now) * 10) / 10
            if wait:
                message = f"{name} failed {circuit.failed} times in a row and is left alone for now ({circuit.reason})"
                raise ProviderFailure(failures.CIRCUIT_OPEN, message, charge="none", retry_after=wait)
        for circuit in circuits:
            circuit.asked()
        return Question(*circuits, self._clock)


@dataclass(frozen=True)
class Question:
    """One that was let through; exactly one of these is told how it ended."""

    whole: Circuit
    model: Circuit
    clock: Callable[[], float]

    def answered(self) -> None:
        self.whole.closed()
        self.model.closed()

    def given_up(self) -> None:
        self.whole.given_up()
        self.model.given_up()

    def failed(self, failure: ProviderFailure) -> None:
        reason = f"{failure.kind}: {failure.message}"[:LONGEST_REASON]
        never_reached = failure.kind == failures.MODEL_TIMEOUT and failure.charge == "none"
        if failure.kind in _CONNECTION or never_reached:
            self.whole.failed_at(self.clock(), reason)
            self.model.given_up()
            return
        self.whole.closed()
        if failure.kind in _OF_MODEL:
            self.model.failed_at(self.clock(), reason)
        elif failure.kind == failures.MODEL_TIMEOUT:
            self.model.given_up()
        else:
            self.model.closed()
