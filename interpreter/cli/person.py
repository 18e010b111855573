"""Who types: the user of the operating system, until somebody says otherwise."""

import getpass


def current_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user database
        return "unknown"
