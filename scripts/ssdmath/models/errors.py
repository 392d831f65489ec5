"""The error of this package; apart from the rest, as the engine's code imports it."""


class ModelError(ValueError):
    """A model that cannot be used; one line naming the folder."""
