"""The key of the API and its address, as they stand in the worker's environment.

White space around a key is none of it: a file that it was read from ends with a line end. Whatever else no key has (a
line end within, a character beyond ASCII) is refused before anything is asked, because a client library names the
header that it could not send, key and all. No message here has any of the key in it.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

KEY = "OPENAI_API_KEY"
ADDRESS = "OPENAI_BASE_URL"


class UnusableAccess(ValueError):
    """What is wrong with a key or an address, and where."""


def key_in(environment: Mapping[str, str]) -> str:
    """The key; empty where there is none. Raises `UnusableAccess`."""
    return usable_key(environment.get(KEY, ""), KEY)


def usable_key(text: str, name: str = "the key") -> str:
    key = text.strip()
    for position, character in enumerate(key, 1):
        if not "!" <= character <= "~":
            told = "a blank or a line end" if character.isspace() else "a character that is not plain ASCII"
            raise UnusableAccess(
                f"{name} has {told} at place {position} of {len(key)}, which no key has: copy it again"
            )
    return key


def address_in(environment: Mapping[str, str]) -> str | None:
    """Where the API is asked, if that is said. Raises `UnusableAccess`."""
    address = environment.get(ADDRESS, "").strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not address.isprintable() or " " in address:
        raise UnusableAccess(f"{ADDRESS} is no address: write it as https://host/v1")
    return address
