"""Which addresses a worker connects to: those of the public internet, and what its settings name.

A host is looked up once for each connection, and what was found is what is connected to, so that no answer of a name
server can differ between the look and the connection. An address that is not public (the machine itself, its network,
what a cloud tells its machines) is refused unless `[http] private` in `steadflow.toml`, or STEADFLOW_HTTP_PRIVATE with
commas, names the host as the flow has it, or a network that holds the address.
"""

import asyncio
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore2

from interpreter.http.errors import NotSent
from interpreter.mcp.errors import Unusable
from interpreter.mcp.settings import Settings

VARIABLE = "STEADFLOW_HTTP_PRIVATE"

IPAddress = IPv4Address | IPv6Address
_TRANSLATED = ip_network("64:ff9b::/96")
_NOT_FOR_ALL = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # where Azure answers its machines
        "192.0.0.0/24",  # of protocols; 192.0.0.192 is where Oracle's cloud answers its machines
        "192.88.99.0/24",  # relays
        "fec0::/10",  # sites, by an older rule than fc00::/7
        "3fff::/20",  # documentation
    )
)
"""Beside what Python knows, whose lists are not the same in all of its versions."""


@dataclass(frozen=True)
class Private:
    """What may be asked though it is not public: `hosts` by their names, and all within `networks`."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def may_reach(self, host: str, address: IPAddress) -> bool:
        if is_public(address) or host.lower().strip("[]") in self.hosts:
            return True
        real = meant(address)
        return any(real.version == network.version and real in network for network in self.networks)


def private_of(settings: Settings, environment: Mapping[str, str]) -> Private:
    """Raises `Unusable`."""
    table = settings.tables.get("http", {})
    said = table.get("private", []) if isinstance(table, Mapping) else None
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise Unusable(f'{settings.where}, [http]: `private` is a list of hosts and networks: ["10.0.0.0/8"]')
    named = [*said, *(each.strip() for each in environment.get(VARIABLE, "").split(",") if each.strip())]
    hosts, networks = set(), []
    for each in named:
        try:
            networks.append(ip_network(each.strip("[]"), strict=False))
        except ValueError:
            hosts.add(each.lower())
    return Private(frozenset(hosts), tuple(networks))


def meant(address: IPAddress) -> IPAddress:
    """Whom an address within which another is written leads to."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def is_public(address: IPAddress) -> bool:
    real = meant(address)
    known = real.is_global and not real.is_multicast and not real.is_reserved
    return known and not any(real.version == network.version and real in network for network in _NOT_FOR_ALL)


class Guarded(httpcore2.AsyncNetworkBackend):
    """Connects to what a host is found at, if that may be reached."""

    def __init__(self, private: Private) -> None:
        self._private = private
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - of the class above
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await _found(host, port)
        except TimeoutError:
            raise httpcore2.ConnectTimeout("its name is not found in time") from None
        allowed = [address for address in addresses if self._private.may_reach(host, address)]
        if not allowed:
            raise NotSent(
                f"`{host}` is at the private address {addresses[0]}, where this worker asks nobody; "
                f'`[http] private = ["{host}"]` in steadflow.toml allows it'
            )
        for address in allowed[:-1]:
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._network.connect_tcp(str(allowed[-1]), port, timeout, local_address, socket_options)


async def _found(host: str, port: int) -> list[IPAddress]:
    try:
        infos = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"its name is not found: {error}") from error
    return list(dict.fromkeys(ip_address(str(info[4][0]).partition("%")[0]) for info in infos))
