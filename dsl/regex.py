"""A regular expression at the top of a module, compiled when it is first used.

The standard library compiles in Python, which takes longer than loading the module around. What `dsl check` loads has
seventy, and a file needs a third of them. To a type checker this is `re.compile`.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:  # noqa: N801 - called as if it were the function
        def __init__(self, text, flags=0):
            self._text = text
            self._flags = flags

        def __getattr__(self, name):
            """Asked once for each method: afterwards that is an attribute of its own."""
            value = getattr(re.compile(self._text, self._flags), name)
            setattr(self, name, value)
            return value


__all__ = ["regex"]
