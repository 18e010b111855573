"""What a text means that says nothing, in milliseconds."""

TIMEOUT = 30_000
"""For one attempt at a tool."""
QUICK_TIMEOUT = 5_000
"""For one attempt at a `quick` tool."""
HEARTBEAT = 5_000
"""Without a sign of life for so long, a tool on the run's own queue is taken for lost; others need not send any."""
LONGEST_PROVIDER_WAIT = 120_000
"""The longest wait that a model's provider may ask for."""
FIRST_BACKOFF = 1_000
LONGEST_BACKOFF = 60_000
