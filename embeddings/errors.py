"""Errors of this package. Each message says in one or two sentences what happened and what to do next."""


class EncoderError(Exception):
    """A model cannot be found, opened or used."""


class CompiledGraphUnavailable(EncoderError):
    """OpenVINO is missing or cannot run the graph on this processor."""


class IndexDamaged(Exception):
    """The files of a vector index are missing, truncated or altered; rebuild it."""


class DimensionMismatch(ValueError):
    """Vectors of one dimension were passed to an index of another."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(
            f"The index has vectors of {expected} dimensions, but these have {actual}: "
            "use the encoder that made the index, or build a new index."
        )
