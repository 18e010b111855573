"""What a text means that says nothing; times in milliseconds."""

TIMEOUT = 30_000
"""For one attempt at a tool."""
LONGEST_IN_PLACE = 300_000
"""A call that may take longer, beside other work, is carried by a run of its own."""
QUICK_TIMEOUT = 5_000
"""For one attempt at a `quick` tool."""
HEARTBEAT = 5_000
"""Without a sign of life for so long, a tool on the run's own queue is taken for lost; others need not send any."""
LONGEST_PROVIDER_WAIT = 120_000
"""The longest wait that a model's provider may ask for."""
LONGEST_BATCH = 86_400_000
"""For the answers to a batch: providers give them a day."""
LONGEST_LOCK_WAIT = 600_000
"""For the lock that `exclusive` waits for."""
MOST_REASKS = 2
"""How often a model is asked again for an answer that fits its type."""
MOST_CALLS_OF_A_TURN = 16
"""How many calls of one answer of a model are made; so what they give together fits the next request."""
MOST_EVENTS_WAITING = 100
"""Events of one name and key that a run keeps until it waits for them, where the text does not say how many."""
MOST_TURNS_TOLD = 10
"""Of an agent whose budget says no `turns`: its answer, and one more for each time that it is told something."""
RETRIES = 2
"""Attempts at a tool after the first, where it does not say."""
MOST_TRIES = 7
"""How often one question is put to one model, the failed attempts with the first."""
EQUAL_CALLS = 3
"""The same call of an agent, so often, ends it."""
FIRST_BACKOFF = 1_000
LONGEST_BACKOFF = 60_000
MODEL_TIMEOUT = 120_000
"""For one attempt at a model."""
MOST_RERUNS = 1
"""How often a call is made again after a verification found that it did not happen, or for an answer to be read."""
LONGEST_SETTLING = 600_000
"""How long a call that outlived its timeout, and still runs, is waited for; or ten times its settling time."""
