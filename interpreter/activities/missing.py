"""How a worker says that an object of the store cannot be read, whatever needed it: one kind, and one metric.

Nothing was done then. The interpreter waits and asks again, so the run goes on by itself when the object is back.
"""

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from interpreter.activities.wording import short
from interpreter.boundary.failures import OBJECT_MISSING
from interpreter.boundary.told import told_by_worker
from interpreter.stores.store import StoreError

MISSING_METRIC = "steadflow_objects_missing"
"""How often an object could not be read."""


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
