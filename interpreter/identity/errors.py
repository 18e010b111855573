"""What is wrong with a file that somebody gave us."""


class UnusableKey(ValueError):
    """A key, or a file with one, that cannot be used: says why, and what to do."""


class UnusablePeople(ValueError):
    """A people file that cannot be used: says where and why."""


class UnusableSigners(ValueError):
    """A file that says who must sign, or one with signatures, that cannot be used: says where and why."""
