"""What a command ends with. The README has the same table; a test compares them."""

DONE = 0
FAILED = 1
"""What was asked for came to a bad end: the run failed, was cancelled or terminated, or took no such answer."""
MISUSED = 2
"""An option, an input, a file, a run or a question that there is not."""
BUG = 3
"""A mistake of ours."""
REFUSED = 4
"""Nothing was started, planned, drawn or compiled: the flow does not pass the check, or the tools do not fit it."""
UNREACHABLE = 5
"""No server answers, or it has no such namespace."""
UNATTENDED = 6
"""A run could not be asked: nothing works on it, or it is stuck. What is said may not be all."""
COMPATIBLE = 7
"""`dsl diff`: the meaning has changed, and nobody has to follow; 1 would say that it could not be found out."""
WEAKER = 8
"""`dsl diff`: nobody has to follow, but a promise that was approved holds no more."""
BREAKING = 9
"""`dsl diff`: others have to follow."""
LEFT = 130
"""Ctrl-C; the run stays."""
