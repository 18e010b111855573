"""What the log says of a failed call that may hold sensitive data."""

import logging

import pytest
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from interpreter.activities.context import ToolContext
from interpreter.activities.failing import failure_of
from interpreter.activities.headers import HEADERS, CallHeaders
from interpreter.activities.telling import tell_failed


@pytest.mark.parametrize("discreet", [True, False])
def test_a_discreet_call_is_told_without_words(caplog: pytest.LogCaptureFixture, discreet: bool) -> None:
    caplog.set_level(logging.DEBUG, "steadflow.tools")
    context = ToolContext(key="r/1/main/a", attempt=2, path="main/a", workflow_id="r")
    token = HEADERS.set(CallHeaders(key="r/1/main/a", discreet=discreet))
    try:
        error = ValueError("no diabetes here")
        tell_failed("lab.order", context, failure_of(error, None), error, None)
    finally:
        HEADERS.reset(token)
    assert ("diabetes" in caplog.text) is not discreet
    assert "`lab.order` failed, attempt 2: ValueError" in caplog.text


def test_an_error_with_a_kind_is_an_answer() -> None:
    """The SDK logs each attempt of what is not benign, in its own words."""
    failure = failure_of(ApplicationError("no funds", type="CardDeclined"), None)
    assert isinstance(failure, ApplicationError)
    assert (failure.type, failure.category) == ("CardDeclined", ApplicationErrorCategory.BENIGN)
