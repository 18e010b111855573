"""The key of the API and its address, as they stand in the worker's environment.

White space around a key is none of it: a file that it was read from ends with a line end. Whatever else no key has (a
line end within, a character beyond ASCII) is refused before anything is asked, because a client library names the
header that it could not send, key and all. No message here has any of the key in it, and none of what others say goes
on without having been looked through for it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from dsl.models.addresses import no_address, no_endpoint
from dsl.models.providers import Api, Served
from interpreter.providers.call_id import CALL_ID_HEADER

KEY = "OPENAI_API_KEY"
ADDRESS = "OPENAI_BASE_URL"
AZURE_KEY = "AZURE_OPENAI_API_KEY"
AZURE_ADDRESS = "AZURE_OPENAI_ENDPOINT"
AZURE_VERSION = "OPENAI_API_VERSION"
USUAL_ADDRESS = "https://api.openai.com/v1"
USUAL_AZURE_VERSION = "2024-10-21"
"""The latest of Azure's versions that is no preview, and the first with JSON Schemas for answers."""

_SHORT_KEY = 16
_SHORTEST_TOLD = 6
"""Characters of a key: so many of its beginning, before something was cut off, are taken out too."""
_WORD = re.compile(r"\S+")
_STARS = "****"
"""In a word: a key of which its server tells the beginning and the end."""


_AROUND_KEY = re.compile(r"^((?i:authorization:|bearer\s|export\s)|[A-Z][A-Z0-9_]*=(?=[^=])|[\"'`<“‘])")
"""What people copy with a key."""


class UnusableAccess(ValueError):
    """What is wrong with a key or an address, and where."""


@dataclass(frozen=True)
class Access:
    """`address` is None where the client's own is meant; `key_name` and `address_name` are the variables that set them.
    `version`: it is an endpoint of Azure, which wants one. `api` is the one of OpenAI's two that is spoken there.
    `id_header` has the id of each call.
    """

    key: str
    address: str | None = None
    key_name: str = KEY
    address_name: str = ADDRESS
    version: str | None = None
    api: Api = "chat"
    id_header: str = CALL_ID_HEADER

    @property
    def host(self) -> str:
        return urlsplit(self.address or USUAL_ADDRESS).netloc.rpartition("@")[2].lower()

    @property
    def names_address(self) -> str:
        """For people: where was asked, without what may be a secret in it, and how that is changed."""
        parts = urlsplit(self.address or USUAL_ADDRESS)
        return f"asked at {parts.scheme}://{self.host}{parts.path} ({self.address_name} sets it)"

    @property
    def names_key(self) -> str:
        key = f"has the key in {self.key_name}" if self.key_name else "has no key for it"
        return f"the worker's environment {key}; {self.names_address}"

    def without_key(self, text: str) -> str:
        """What others say, without the key: as it is, as texts quote it, cut off, or masked by its server."""
        text = _WORD.sub(lambda word: "…" if _STARS in word[0] else word[0], text)
        for key in sorted(self._secrets, key=len, reverse=True):
            alone = ("(?<![A-Za-z0-9])", "(?![A-Za-z0-9])") if len(key) < _SHORT_KEY else ("", "")
            text = re.sub(f"{alone[0]}{re.escape(key)}{alone[1]}", "…", text, flags=re.IGNORECASE)
            for length in range(len(key) - 1, _SHORTEST_TOLD - 1, -1):
                text = text.replace(f"{key[:length]}…", "…")
        return text

    def without_key_in_it(self, answer: str) -> str:
        """What a model says, without the key, which a server may have told it. A short one may be a word."""
        for key in self._told_apart:
            answer = answer.replace(key, "…")
        return answer

    def begins_key(self, text: str) -> int:
        """How many characters at the end of the text may be the beginning of the key."""
        ends = (end for key in self._told_apart for end in range(min(len(key) - 1, len(text)), 0, -1))
        return max((end for end in ends if any(key.startswith(text[-end:]) for key in self._told_apart)), default=0)

    @property
    def _told_apart(self) -> list[str]:
        return sorted((key for key in self._secrets if len(key) >= _SHORT_KEY), key=len, reverse=True)

    @property
    def base(self) -> str | None:
        """The address without what follows a `?`, which is said with each request."""
        return None if self.address is None else urlunsplit(urlsplit(self.address)._replace(query="", fragment=""))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.address or "").query, keep_blank_values=True))

    @property
    def _secrets(self) -> set[str]:
        password = urlsplit(self.address or "").password
        asked = {value for value in self.query.values() if len(value) >= _SHORTEST_TOLD}
        secrets = {secret for secret in (self.key, password, *asked) if secret}
        return secrets | {form(secret) for secret in secrets for form in (quote, lambda text: json.dumps(text)[1:-1])}


def access_in(environment: Mapping[str, str]) -> Access:
    """Whom to ask, and with which key; empty where there is none. Raises `UnusableAccess`."""
    endpoint = address_in(environment, AZURE_ADDRESS)
    if endpoint is None:
        return Access(key_in(environment), address_in(environment))
    only_usual = not environment.get(AZURE_KEY, "").strip() and bool(environment.get(KEY, "").strip())
    name = KEY if only_usual else AZURE_KEY
    version = environment.get(AZURE_VERSION, "").strip() or USUAL_AZURE_VERSION
    if not re.fullmatch(r"[A-Za-z0-9.-]+", version):
        raise UnusableAccess(f"{AZURE_VERSION} is no version: write it as {USUAL_AZURE_VERSION}")
    return Access(key_in(environment, name), endpoint, name, AZURE_ADDRESS, version)


def access_of(served: Served, environment: Mapping[str, str]) -> Access:
    """Of a named provider; its key is empty where there is none. Raises `UnusableAccess`."""
    key = key_in(environment, served.key) if served.key else ""
    where = f"`address` in [providers.{served.name}]"
    version = (served.version or USUAL_AZURE_VERSION) if served.kind == "azure" else None
    return Access(key, served.address, served.key, where, version, served.api, served.id_header or CALL_ID_HEADER)


def key_in(environment: Mapping[str, str], name: str = KEY) -> str:
    """The key; empty where there is none. Raises `UnusableAccess`."""
    return usable_key(environment.get(name, ""), name)


def usable_key(text: str, name: str = "the key") -> str:
    key = text.strip()
    slip = _AROUND_KEY.search(key)
    if slip:
        raise UnusableAccess(f"{name} has {slip[0].strip()} around the key, which is none of it: leave that out")
    for position, character in enumerate(key, 1):
        if not "!" <= character <= "~":
            told = "a control character" if character < "!" or character == "\x7f" else "a character beyond ASCII"
            told = "a blank or a line end" if character.isspace() else told
            raise UnusableAccess(
                f"{name} has {told} at place {position} of {len(key)}, which no key has: copy it again"
            )
    return key


def address_in(environment: Mapping[str, str], name: str = ADDRESS) -> str | None:
    """Where the API is asked, if that is said. Raises `UnusableAccess`."""
    address = environment.get(name, "").strip()
    if not address:
        return None
    problem = _no_endpoint(address) if name == AZURE_ADDRESS else no_address(address)
    if problem is not None:
        raise UnusableAccess(f"{name} {problem}")
    return address


def _no_endpoint(text: str) -> str | None:
    return no_endpoint(text, AZURE_VERSION, f"set {ADDRESS} to it instead, with the key in {KEY}")
