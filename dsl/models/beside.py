"""Where people say what they know of models: a file beside the project, and the environment."""

import os

NAME = "steadflow.toml"
VARIABLE = "STEADFLOW_MODELS"


def nearest(folder: str) -> str | None:
    """The file of the nearest folder from `folder` upwards, which has no links in it."""
    while True:
        place = os.path.join(folder, NAME)
        if os.path.isfile(place):
            return place
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
