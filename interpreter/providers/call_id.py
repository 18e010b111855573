"""The id of a call, as the server that is asked hears it: the same for each attempt, and told wherever people look
for a call. A tool's is its idempotency key.
"""

import hashlib
from contextvars import ContextVar
from urllib.parse import quote

CALL_ID: ContextVar[str] = ContextVar("steadflow_call_id", default="")
"""Of the call that is made right now, as a header has it; empty outside of one."""

CALL_ID_HEADER = "X-Client-Request-Id"
"""Unless `steadflow.toml` names another for a provider."""

LONGEST = 512
"""Characters that the API takes in such a header."""


def in_a_header(id_: str) -> str:
    """Plain ASCII, since nothing else can stand in a header; what is too long ends in a digest."""
    told = quote(id_, safe="/#[]~!:@+,=()")
    if len(told) <= LONGEST:
        return told
    return f"{told[: LONGEST - 65]}~{hashlib.sha256(id_.encode()).hexdigest()}"
