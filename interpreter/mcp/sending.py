"""What became of one request on its way out: known to the transport only, and all that the doubt of a write hangs on.

The SDK says of a request that its connection closed, not whether it ever left. So the transport is looked at
(`transport.py`): a request has `begun` once it was handed over; it was `refused` where nothing at the address took it,
or what is there answered that it would not (a status from 400 to 499, or 503).
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Sending:
    """`status` is that of an HTTP answer that is an error; `lost` says why there was none. Both are of the request
    itself, the first that is `posted`: what follows it, to ask for the rest of an answer or to cancel, says nothing
    about it. `trouble` is the latest that went wrong with any.
    """

    begun: bool = False
    posted: bool = False
    status: int = 0
    refused: str = ""
    lost: str = ""
    trouble: str = ""


SENDING: ContextVar[Sending | None] = ContextVar("steadflow_mcp_sending", default=None)
