"""What failures say, as they stand on the server: where a run is encrypted, their words stand in a payload."""

from temporalio.api.errordetails.v1 import QueryFailedFailure
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.converter import DataConverter
from temporalio.exceptions import FailureError
from temporalio.service import RPCError

from interpreter.encryption.errors import EncryptionError


async def words_of(converter: DataConverter, failure: Failure) -> str:
    """Also of one that cannot be decrypted here: why."""
    try:
        return await _message(converter, failure)
    except EncryptionError as error:
        return f"for a reason that cannot be read here: {error}"


async def why_failed(client: Client, error: WorkflowQueryFailedError) -> str:
    """Why a query failed; the SDK knows the failure's message only. Raises `EncryptionError`."""
    answered = error.__cause__ or error.__context__
    details = answered.grpc_status.details if isinstance(answered, RPCError) else ()
    for detail in details:
        told = QueryFailedFailure()
        if detail.Unpack(told):
            return await _message(client.data_converter, told.failure) or str(error)
    return str(error)


async def _message(converter: DataConverter, failure: Failure) -> str:
    if not failure.HasField("encoded_attributes"):
        return failure.message
    read = await converter.decode_failure(failure)
    return read.message if isinstance(read, FailureError) else str(read)
