"""Why a query failed. The SDK gives the failure's message only, which stands in a payload where a run is encrypted."""

from temporalio.api.errordetails.v1 import QueryFailedFailure
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.exceptions import FailureError
from temporalio.service import RPCError


async def why_failed(client: Client, error: WorkflowQueryFailedError) -> str:
    """Raises `EncryptionError`, where that cannot be read here."""
    answered = error.__cause__ or error.__context__
    details = answered.grpc_status.details if isinstance(answered, RPCError) else ()
    for detail in details:
        told = QueryFailedFailure()
        if detail.Unpack(told) and told.failure.HasField("encoded_attributes"):
            read = await client.data_converter.decode_failure(told.failure)
            return read.message if isinstance(read, FailureError) else str(read)
    return str(error)
