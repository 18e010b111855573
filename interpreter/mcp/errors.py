"""How asking a server ends when it gives no answer. What each says about the effect of the call is all that counts."""


class Unusable(ValueError):
    """A lock file, a setting or a command that cannot be used, and where."""


class UnusableServers(ValueError):
    """Tools of servers that are not pinned, or not as they are declared."""


class ServerUnavailable(Exception):
    """The server cannot be started or reached, or refused to take the call: nothing was done."""


class ToolChanged(Exception):
    """The server offers another tool than was pinned, or has it no more: nothing was done. `diff` shows both."""

    def __init__(self, message: str, diff: str) -> None:
        super().__init__(message)
        self.message = message
        self.diff = diff


class AnswerLost(Exception):
    """The call went out, and no answer came. `at_work`: the server may be at it still."""

    def __init__(self, message: str, *, at_work: bool) -> None:
        super().__init__(message)
        self.at_work = at_work


class ServerSaysNo(Exception):
    """The server answered with an error of the protocol."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
