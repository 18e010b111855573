"""What is known of each model when a run is submitted, pinned in its input: how long an answer can be at most, and what
of a request the model does not take. A model that is asked for more than it can give is refused by its provider, and
one that is not known gets a default that every current model can give.
"""

from collections.abc import Iterable

from dsl.models.configured import TABLE, Models
from interpreter.boundary.names import lane


def resolve_max_output(models: Iterable[str], known: Models = TABLE) -> dict[str, int]:
    """How many tokens each model that is known can answer with; one that is not is absent."""
    return {model: most for model in models if (most := known.most_output(model)) is not None}


def resolve_refused(models: Iterable[str], known: Models = TABLE) -> dict[str, list[str]]:
    """What each model is known to refuse; one that refuses nothing is absent."""
    return {model: list(refused) for model in models if (refused := known.refused_by(model))}


def resolve_lanes(models: Iterable[str], known: Models = TABLE) -> dict[str, str]:
    """The task queue of each model whose provider takes so many requests a second."""
    return {model: lane(provider) for model in models if (provider := known.rate(model)) is not None}
