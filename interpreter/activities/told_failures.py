"""How the failure of a provider leaves an activity: with its kind, and with what it says of the cost."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from interpreter.boundary.failures import CONNECTION_FAILED
from interpreter.providers.provider import ProviderFailure


@contextmanager
def told_failures(stopped: str) -> Iterator[None]:
    """What is raised inside is raised as the run is told of it. `stopped` are the words for a worker that stops, which
    may have been heard: nobody knows, so that is paid for. A cancel that was asked for stays one.
    """
    try:
        yield
    except ProviderFailure as failure:
        raise _told(failure) from None
    except asyncio.CancelledError:
        details = activity.cancellation_details()
        if details is not None and not details.worker_shutdown:
            raise
        raise _told(ProviderFailure(CONNECTION_FAILED, stopped, charge="reservation")) from None


def _told(failure: ProviderFailure) -> ApplicationError:
    return ApplicationError(
        failure.message, failure.detail, type=failure.kind, non_retryable=True, category=ApplicationErrorCategory.BENIGN
    )
