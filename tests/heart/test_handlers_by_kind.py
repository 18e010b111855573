"""A handler that names kinds takes errors of these kinds, and no others."""

import pytest

from interpreter.simulation.world import Fails
from tests.heart.played import play

TEXT = """edition 1
tool find(id: text) -> text read { errors NotFound, Gone, Unavailable }
flow main() -> text {
  try {
    step found = find(id: "1") { retry 0 times }
    return found
  } on error NotFound, Gone as e if e.message != "odd" {
    return "one: {{ e.kind }}"
  } on error Gone {
    return "two"
  }
}
"""


@pytest.mark.parametrize(
    ("kind", "message", "outcome"),
    [("NotFound", "", "one: NotFound"), ("Gone", "", "one: Gone"), ("Gone", "odd", "two"), ("Unavailable", "", None)],
)
def test_on_error_kind_catches_everything(kind: str, message: str, outcome: str | None) -> None:
    run = play(TEXT, {"find": [Fails(kind, message)]})
    if outcome is None:
        assert (run.outcome, run.failure.kind) == ("failed", kind)
    else:
        assert (run.outcome, run.value) == ("completed", outcome)


def test_a_doubt_is_named_by_its_kind() -> None:
    text = """edition 1
    tool pay(id: text) -> text write { compensate none "paid is paid" }
    flow main() -> text {
      try { step pay(id: "1") } on error { return "in general" } on error OutcomeUnknown { return "by its name" }
      return "paid"
    }
    """
    run = play(text, {"pay": [Fails("Broken", certainty="unknown")]})
    assert (run.outcome, run.value) == ("completed", "by its name")
