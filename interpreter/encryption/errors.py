"""What is wrong with keys, or with what they should open. No message has anything of a key in it."""

VARIABLE = "STEADFLOW_ENCRYPTION_KEYS"
FILE_VARIABLE = "STEADFLOW_ENCRYPTION_KEY_FILE"
REQUIRED_VARIABLE = "STEADFLOW_ENCRYPTION_REQUIRED"


class UnusableKeys(ValueError):
    """Keys that cannot be used: says where, and what to do."""


class EncryptionError(Exception):
    """Something encrypted cannot be read here. Nothing is wrong with the run: with the right key it can be."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class MissingKey(EncryptionError):
    """It is encrypted with a key that is not here; `key` is the id of it."""

    def __init__(self, key: str, known: tuple[str, ...]) -> None:
        has = f"only {', '.join(known)}" if known else "no key"
        super().__init__(
            key,
            f"this is encrypted with the key {key!r}, and the process that reads it has {has}: add it to {VARIABLE} as "
            f"`{key}:KEY`, or to the file that {FILE_VARIABLE} names",
        )


class WrongKey(EncryptionError):
    """The key of that id does not open it: it was changed, or is another key of the same name."""

    def __init__(self, key: str) -> None:
        super().__init__(
            key, f"this is encrypted with a key {key!r} that is not the one of that id here, or it was changed since"
        )


class WrongRun(EncryptionError):
    """It was encrypted for another run: somebody has moved it."""

    def __init__(self, key: str, bound: str, run: str) -> None:
        super().__init__(key, f"this was encrypted for {bound}, and stands in {run}: it was put there by somebody else")


class NotEncrypted(EncryptionError):
    """It is plain, or for no run in particular, and only what is encrypted for this run is taken here."""

    def __init__(self, run: str, *, key: str = "") -> None:
        how = "is encrypted for no run in particular" if key else "is not encrypted"
        super().__init__(key, f"this {how}, in {run}, and {REQUIRED_VARIABLE} takes nothing else")
