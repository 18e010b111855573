"""Gives workflows the function that they tell what has ended."""

from typing import Any

from temporalio.worker import Interceptor, WorkflowInterceptorClassInput

from interpreter.boundary.names import WATCH_FUNCTION
from interpreter.telemetry.told import Told


class TellingInterceptor(Interceptor):
    def __init__(self, told: Told) -> None:
        self._told = told

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[Any] | None:
        input.unsafe_extern_functions[WATCH_FUNCTION] = self._told.take
        return None
