"""Whom a worker asks: what is public, and what its settings name."""

from ipaddress import ip_address

import pytest

from interpreter.http.reach import Private, is_public, private_of
from interpreter.mcp.errors import Unusable
from interpreter.mcp.settings import Settings


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_is_asked(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "64:ff9b:1::7f00:1",
        "::7f00:1",
        "fec0::1",
        "192.0.0.192",
        "192.88.99.1",
        "168.63.129.16",
        "::ffff:168.63.129.16",
    ],
)
def test_what_is_not_public_is_not(address: str) -> None:
    assert not is_public(ip_address(address))


def test_settings_name_hosts_and_networks() -> None:
    private = private_of(Settings({"http": {"private": ["Desk.internal", "10.0.0.0/8"]}}, "here", {}), {})
    assert private.may_reach("desk.internal", ip_address("192.168.1.1"))
    assert private.may_reach("any.example.com", ip_address("10.9.9.9"))
    assert private.may_reach("any.example.com", ip_address("::ffff:10.9.9.9"))
    assert not private.may_reach("any.example.com", ip_address("192.168.1.1"))
    named = private_of(Settings({}, "here", {}), {"STEADFLOW_HTTP_PRIVATE": "127.0.0.1, [::1],localhost"})
    assert named.may_reach("x", ip_address("::1"))
    assert named.may_reach("localhost", ip_address("127.0.0.2"))
    assert not Private().may_reach("x", ip_address("::1"))


@pytest.mark.parametrize("table", [7, {"private": "10.0.0.0/8"}, {"private": [1]}])
def test_settings_that_cannot_be_used_are_told(table: object) -> None:
    with pytest.raises(Unusable, match="private"):
        private_of(Settings({"http": table}, "here", {}), {})
