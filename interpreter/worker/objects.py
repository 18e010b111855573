"""The one door out of the workflow: objects by their hash, verified, from what the worker was given or the store.

A missing one raises an ordinary exception: it fails the workflow task, never the run, which goes on once it is there.
"""

from collections.abc import Iterable
from typing import Any

from temporalio import workflow
from temporalio.worker import Interceptor, WorkflowInterceptorClassInput

from dsl.definition.definition import Definition
from dsl.definition.unseal import pack
from interpreter.boundary.names import DEFINITION_FUNCTION, OBJECT_FUNCTION
from interpreter.stores.store import CorruptObject, ObjectStore, digest_of

MOST_KEPT = 256
"""Definitions whose bytes are kept in memory; the driver keeps the decoded ones."""


class Loader:
    def __init__(self, given: Iterable[Definition], store: ObjectStore) -> None:
        self._bytes = {definition.hash: pack(definition) for definition in given}
        self._store = store

    def definition(self, hash_: str) -> bytes:
        """The canonical JSON under `hash_`. Raises `StoreError`."""
        content = self._bytes.get(hash_)
        if content is None:
            content = self.object(hash_)
            if len(self._bytes) < MOST_KEPT:
                self._bytes[hash_] = content
        return content

    def object(self, hash_: str) -> bytes:
        """What the store has under `hash_`. Raises `StoreError`."""
        with workflow.unsafe.sandbox_unrestricted():
            content = self._store.get(hash_)
        if digest_of(content) != hash_:
            raise CorruptObject(hash_, "the store")
        return content


class LoadingInterceptor(Interceptor):
    """Gives workflows the loader under the names that the driver knows."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[Any] | None:
        input.unsafe_extern_functions[DEFINITION_FUNCTION] = self._loader.definition
        input.unsafe_extern_functions[OBJECT_FUNCTION] = self._loader.object
        return None
