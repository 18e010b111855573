"""One Temporal server for the tests of this folder."""

from tests.worker.conftest import temporal_address

__all__ = ["temporal_address"]
