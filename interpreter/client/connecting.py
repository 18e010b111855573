"""Where the server is: as asked for, else as Temporal's own configuration says (`TEMPORAL_ADDRESS`, profiles, TLS)."""

from temporalio.client import Client as TemporalClient
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from interpreter.client.errors import Unreachable

DEFAULT_ADDRESS = "localhost:7233"


async def connect_temporal(address: str | None, namespace: str | None) -> TemporalClient:
    settings = ClientConfig.load_client_connect_config()
    if address is not None:
        settings["target_host"] = address
    if namespace is not None:
        settings["namespace"] = namespace
    settings.setdefault("target_host", DEFAULT_ADDRESS)
    try:
        client = await TemporalClient.connect(**settings)
        await client.count_workflows("WorkflowId = ''")  # a wrong namespace is found out here, not at the first run
    except (RuntimeError, RPCError) as error:  # temporalio raises RuntimeError when nobody listens
        where = f"{settings['target_host']}, namespace {settings.get('namespace', 'default')}"
        raise Unreachable(f"no Temporal server answers at {where}: {_reason(error)}") from error
    return client


def _reason(error: Exception) -> str:
    return error.message if isinstance(error, RPCError) else str(error).splitlines()[0]
