"""The library's client, which only sends: it tries nothing again, follows no redirect, and reads no refusal.

A refusal is read here, because the library reads all of one, however much comes, and forgets what it was when its words
break off. Of its words the beginning will do, and a status counts without any.
"""

import json
from contextlib import suppress
from typing import Any

import openai

from interpreter.providers.access import Access, UnusableAccess

CONNECT_SECONDS = 10.0
NO_KEY = "none"
"""What is said to a server that wants no key, because the client wants one."""
LONGEST_REFUSAL = 64 * 1024
"""Bytes that are read of one."""


def client_of(access: Access, silence: float) -> Any:
    """One that follows no redirect: what a flow says goes where the address says, and nowhere else. Raises
    `UnusableAccess`.
    """
    try:
        return _client(access, silence)
    except Exception as error:
        if type(error).__name__ != "InvalidURL":
            raise
        raise UnusableAccess(f"{access.address_name} is no address: write it as https://host/v1") from None


def _client(access: Access, silence: float) -> Any:
    timeout = openai.Timeout(silence, connect=CONNECT_SECONDS)
    straight = openai.DefaultAsyncHttpxClient(
        follow_redirects=False, timeout=timeout, event_hooks={"response": [_raise_refusal]}
    )
    if access.version is None:
        return openai.AsyncOpenAI(
            api_key=access.key or NO_KEY,
            base_url=access.base,
            default_query=access.query,
            max_retries=0,
            timeout=timeout,
            http_client=straight,
        )
    return openai.AsyncAzureOpenAI(
        azure_endpoint=access.base or "",
        default_query=access.query,
        api_key=access.key,
        api_version=access.version,
        max_retries=0,
        timeout=timeout,
        http_client=straight,
    )


def refusal_in(error: Exception) -> openai.APIStatusError | None:
    """The refusal that the library takes for a failed connection."""
    refusal = error if isinstance(error, openai.APIStatusError) else error.__cause__
    return refusal if isinstance(refusal, openai.APIStatusError) else None


async def _raise_refusal(response: Any) -> None:
    if response.status_code < 300:
        return
    words = bytearray()
    with suppress(Exception):  # However its words end, it is one.
        async for piece in response.aiter_bytes():
            words += piece
            if len(words) > LONGEST_REFUSAL:
                break
        await response.aclose()
    text = words[:LONGEST_REFUSAL].decode(errors="replace").strip()
    text += "…" if len(words) > LONGEST_REFUSAL else ""
    raise openai.APIStatusError(text, response=response, body=_told(text))


def _told(text: str) -> object:
    try:
        told: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return told
