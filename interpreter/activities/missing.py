"""How a worker says that an object of the store cannot be read, or written, whatever needed it: one kind, one metric.

Nothing was done then. The interpreter waits and asks again, so the run goes on by itself when the store is well.
"""

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from interpreter.activities.wording import short
from interpreter.boundary.failures import OBJECT_MISSING
from interpreter.boundary.told import told_by_worker
from interpreter.stores.store import StoreError

MISSING_METRIC = "steadflow_objects_missing"
"""How often an object could not be read."""
NOT_KEPT_METRIC = "steadflow_objects_not_kept"
"""How often an object could not be written."""


def object_missing(error: StoreError) -> ApplicationError:
    counter = activity.metric_meter().create_counter(
        MISSING_METRIC, "Reads of the store that found an object missing, damaged or out of reach", "reads"
    )
    counter.add(1)
    return ApplicationError(
        short(str(error)),
        error.digest,
        type=told_by_worker(OBJECT_MISSING),
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


def object_not_kept(error: Exception) -> ApplicationError:
    """A store may be anybody's, and fail in any way."""
    counter = activity.metric_meter().create_counter(
        NOT_KEPT_METRIC, "Writes of the store that failed: a full disk, no permission, no network", "writes"
    )
    counter.add(1)
    return ApplicationError(
        short(f"{type(error).__name__}: {error}"),
        type=told_by_worker("ObjectNotKept"),
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )
