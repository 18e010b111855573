"""Where the server is: as asked for, else as Temporal's own configuration says (`TEMPORAL_ADDRESS`, profiles, TLS)."""

import os
import re
from typing import Any

from temporalio.client import Client as TemporalClient
from temporalio.common import HeaderCodecBehavior
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError, RPCStatusCode

from interpreter.client.errors import Unconfigured, Unreachable
from interpreter.client.exiting import leave_quietly
from interpreter.converter.own import headers_with, own_converter
from interpreter.encryption.keyring import Keyring

DEFAULT_ADDRESS = "localhost:7233"
_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s:/\[\]@]+):[0-9]{1,5}")


async def connect_temporal(address: str | None, namespace: str | None, keys: Keyring) -> TemporalClient:
    settings = _configured()
    if address is not None:
        settings["target_host"] = address
    if namespace is not None:
        settings["namespace"] = namespace
    settings.setdefault("target_host", DEFAULT_ADDRESS)
    if not _ADDRESS.fullmatch(settings["target_host"]):
        raise Unconfigured(_no_address(settings["target_host"]))
    if settings.get("namespace") == "":
        raise Unconfigured("no namespace has an empty name: say which, or leave it out")
    try:
        client = await connect_with_keys(keys, **settings)
        await client.count_workflows("WorkflowId = ''")  # a wrong namespace is found out here, not at the first run
    except ValueError as error:
        raise Unconfigured(_no_address(settings["target_host"])) from error
    except (RuntimeError, RPCError) as error:  # temporalio raises RuntimeError when nobody listens
        raise Unreachable(_unreachable(error, settings["target_host"], settings.get("namespace", "default"))) from error
    return client


def _no_address(typed: str) -> str:
    return f"{typed!r} is no address of a Temporal server: write it as HOST:PORT"


def _unreachable(error: Exception, address: str, namespace: str) -> str:
    status = error.status if isinstance(error, RPCError) else None
    if status is RPCStatusCode.NOT_FOUND:
        return f"the Temporal server at {address} has no namespace {namespace}"
    if status in (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED):
        return f"the Temporal server at {address} lets nobody into the namespace {namespace} so: {_reason(error)}"
    return f"no Temporal server answers at {address}, namespace {namespace}: {_reason(error)}"


async def connect_with_keys(keys: Keyring, **settings: Any) -> TemporalClient:
    leave_quietly()
    return await TemporalClient.connect(
        **settings,
        data_converter=own_converter(None, keys),
        header_codec_behavior=headers_with(keys, HeaderCodecBehavior.NO_CODEC),
    )


def _configured() -> Any:
    """What Temporal's configuration says: a file of profiles, and the environment."""
    file = os.environ.get("TEMPORAL_CONFIG_FILE") or "Temporal's configuration file"
    try:
        return ClientConfig.load_client_connect_config()
    except RuntimeError as error:  # its own class is one of temporalio's private parts
        profile = os.environ.get("TEMPORAL_PROFILE")
        if profile and str(error) == f"Profile '{profile}' not found":
            raise Unconfigured(f"there is no profile `{profile}` in {file} (TEMPORAL_PROFILE)") from error
        raise Unconfigured(f"{file} cannot be used: {' '.join(str(error).split())}") from error


_SAID = re.compile(r'(?:message|error): "([^"]+)"')


def _reason(error: Exception) -> str:
    """In a few words: the library's own has the names of its classes."""
    if isinstance(error, RPCError):
        return error.message
    said = _SAID.findall(str(error))
    return str(said[-1]).lower() if said else str(error).splitlines()[0]
