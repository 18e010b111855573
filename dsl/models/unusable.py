"""What is raised of a configuration of models or providers that cannot be used."""


class Unusable(ValueError):
    """What is wrong with it, and where."""
