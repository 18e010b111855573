"""Changes of the interpreter that alter the commands of a run: each has an id, asked for with `workflow.patched`.

A change to `core` or to the driver that makes a recorded history replay differently gets an entry here and a new
recording in `tests/histories/`.
"""

SHORTER_EXECUTIONS = "shorter-executions"
"""A run continues as new after `limits.SOFT_EVENTS`, and not only when the server suggests it: asked for only past that
number, so that no shorter history has a mark of it."""

TELLS_OF_REHEARSALS = "tells-of-rehearsals"
"""That answers were made up is told in the memo, where lists of runs find it: asked for only where one was."""

TELLS_OF_WORKERS = "tells-of-workers"
"""What waits for a worker that can take it is told in the memo, as what waits for an object is: asked for only where
something does, so that no other history has a mark of it."""

COUNTS_UPDATES = "counts-updates"
"""A run starts nothing new after `limits.HARD_UPDATES` until it can continue as new: asked for once, past that number,
so that no shorter history has a mark of it."""

COUNTS_SIGNALS = "counts-signals"
"""The same of `limits.HARD_SIGNALS`."""

CARRIES = "carries"
"""Calls that may take long beside other work are carried by workflows of their own: asked as an execution begins, where
there may be such calls, so that no other history has a mark of it."""
