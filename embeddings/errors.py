"""Errors of this package. Each message says in one or two sentences what happened and what to do next."""


class EncoderError(Exception):
    """A model cannot be found, opened or used."""


class CompiledGraphUnavailable(EncoderError):
    """OpenVINO is missing or cannot run the graph on this processor."""


class IndexDamaged(Exception):
    """The files of an index, of vectors or of words, are missing, truncated or altered; rebuild it."""


class IndexUnavailable(Exception):
    """The server of a vector index does not answer, refuses, or has something else under this name."""


class SecretUnreadable(Exception):
    """A file with a password or key cannot be read."""


class DimensionMismatch(ValueError):
    """Vectors of one dimension were passed to an index of another."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(
            f"The index has vectors of {expected} dimensions, but these have {actual}: "
            "use the encoder that made the index, or build a new index."
        )
