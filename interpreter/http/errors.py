"""How a request ends that has no answer. What each says about the effect of the call is all that counts."""


class NotSent(Exception):
    """It was never sent, and no worker would send it: a value does not fit its place, or the host may not be asked."""


class Unreachable(Exception):
    """It never left: there is nobody at the address, or no connection to it. Nothing happened."""


class AnswerLost(Exception):
    """It left, and no whole answer came: the server may be at it still."""


class UnfitAnswer(Exception):
    """The server answered that it is done, and its answer cannot be taken for what is declared."""
