"""SHA-256 without OpenSSL where that goes: to load its library takes as long as ten modules do, and `dsl check` needs a
few digests of short texts. The standard library's `random` takes its hash in the same way.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256 as sha256  # noqa: PLC0414 - so that it may be taken from here
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # before Python 3.12
        except ImportError:
            from hashlib import sha256  # built without a hash of its own

__all__ = ["sha256"]
