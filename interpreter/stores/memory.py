"""A store in memory, for the simulation and for tests."""

from interpreter.stores.store import MissingObject, digest_of


class MemoryStore:
    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        digest = digest_of(content)
        self._objects[digest] = content
        return digest

    def get(self, digest: str) -> bytes:
        if digest not in self._objects:
            raise MissingObject(digest, "memory")
        return self._objects[digest]

    def has(self, digest: str) -> bool:
        return digest in self._objects
