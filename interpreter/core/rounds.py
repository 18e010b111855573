"""When the rounds of `loop … every` are due: at a fixed rate, without overlap.

The first is due at once, the others a whole number of intervals later. A round that is late, because the one before it
took too long or nobody was there, is left out: the next one comes when the next is due.
"""

import math


def next_tick(began: float, every: float, last: int, now: float) -> int:
    """The number of the round that comes after `last`, at `began + number * every` seconds or now."""
    passed = math.ceil((now - began) / every - _SLACK)
    return max(last + 1, passed)


_SLACK = 1e-9
"""Of an interval: what rounding may have added to the moment of a timer."""
