"""Older forms of a definition, step by step to the one that this version reads.

A step is a pure function from the JSON of one form to that of the next; it knows these two and nothing else, and is
never changed once it was released. The hash of a definition stays that of the bytes that were sealed.

Today there is one form, so there are no steps: what is raised next is raised from 1.
"""

from collections.abc import Callable, Mapping
from typing import Any

Form = dict[str, Any]
Step = Callable[[Form], Form]

STEPS: Mapping[int, Step] = {}
"""By the number of a form, what makes the next one of it."""


def upgraded(form: Form, steps: Mapping[int, Step] = STEPS) -> Form:
    """`form` as the form that is read today, or as far as the steps go."""
    while type(number := form.get("format")) is int and number in steps:
        form = {**steps[number](form), "format": number + 1}
    return form
