"""The one door out of the workflow: definitions and states by their hash, from what the worker has in memory.

A workflow's thread reads no store: that may take longer than a workflow task may last. What the input of a run names is
brought into memory before its first task in this process is activated (`reading_ahead.py`). What could not be brought
raises an ordinary exception there: it fails the workflow task, never the run, which goes on once it can be had.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from temporalio.worker import Interceptor, WorkflowInterceptorClassInput

from dsl.definition.definition import Definition
from dsl.definition.unseal import pack
from interpreter.boundary import ledgers
from interpreter.boundary.beginnings import CHILD
from interpreter.boundary.names import ADMIT_FUNCTION, ADMIT_MOVE_FUNCTION, DEFINITION_FUNCTION, STATE_FUNCTION
from interpreter.stores.store import MissingObject, ObjectStore, StoreError, read

if TYPE_CHECKING:
    from interpreter.worker.admission import Admission

MOST_KEPT = 256
"""Definitions of the store whose bytes are kept in memory; the driver keeps the decoded ones. Also how many objects may
wait for the task that they were brought for: anybody's data may look like the input of a run, and no task asks for it.
"""


class Objects:
    """What workflows may have from memory, and how it comes there."""

    def __init__(self, given: Iterable[Definition], store: ObjectStore) -> None:
        self._given = {definition.hash: pack(definition) for definition in given}
        self._store = store
        self._kept: dict[str, bytes] = {}
        self._brought: dict[str, bytes | StoreError] = {}

    async def bring(self, payload: bytes) -> None:
        """Bring what the input or the end of a run names into memory, or the reason why it cannot be had."""
        for hash_ in (*named_in(payload), *ledgers.named_in(payload)):
            if hash_ not in self._given and hash_ not in self._kept:
                self._brought[hash_] = await asyncio.to_thread(self._read, hash_)
                _bound(self._brought)

    def definition(self, hash_: str) -> bytes:
        """The canonical JSON under `hash_`. Raises `StoreError`."""
        content = self._given.get(hash_) or self._kept.get(hash_)
        if content is None:
            content = self._kept[hash_] = self.state(hash_)
            _bound(self._kept)
        return content

    def state(self, hash_: str) -> bytes:
        """What was brought, handed over once: a state is read once, and large. Raises `StoreError`."""
        content = self._brought.pop(hash_, None)
        if content is None:
            raise MissingObject(hash_, "memory")
        if isinstance(content, StoreError):
            raise content
        return content

    def _read(self, hash_: str) -> bytes | StoreError:
        try:
            return read(self._store, hash_)
        except StoreError as error:
            return error


def _bound(objects: dict[str, Any]) -> None:
    """The oldest goes. A task that misses it fails, is made again, and has it brought again."""
    if len(objects) > MOST_KEPT:
        del objects[next(iter(objects))]


def named_in(run_input: bytes) -> Iterator[str]:
    """The hashes of definition and state in the JSON of a run's input; none in anything else."""
    child = CHILD.search(run_input)
    if child is not None:
        yield child[1].decode()
    if b'"definition"' not in run_input:
        return
    try:
        data = json.loads(run_input)
    except (ValueError, RecursionError):
        return
    match data:
        case {"definition": {"hash": str(hash_), **rest}} if rest.get("inline") is None:
            yield hash_
    match data:
        case {"definition": {}, "state": {"kept": str(hash_)}}:
            yield hash_


class LoadingInterceptor(Interceptor):
    """Gives workflows the objects under the names that the driver knows."""

    def __init__(self, objects: Objects, admission: "Admission | None" = None) -> None:
        self._objects = objects
        self._admission = admission

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[Any] | None:
        input.unsafe_extern_functions[DEFINITION_FUNCTION] = self._objects.definition
        input.unsafe_extern_functions[STATE_FUNCTION] = self._objects.state
        if self._admission is not None:
            input.unsafe_extern_functions[ADMIT_FUNCTION] = self._admission.of_this_run
            input.unsafe_extern_functions[ADMIT_MOVE_FUNCTION] = self._admission.of_a_move
        return None
