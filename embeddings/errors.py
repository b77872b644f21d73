"""Errors of this package. Each message is one sentence or two: what happened, and what to do next."""


class EncoderError(Exception):
    """A model cannot be found, opened or used."""


class CompiledGraphUnavailable(EncoderError):
    """OpenVINO is missing or cannot run the graph on this processor."""


class IndexDamaged(Exception):
    """The files of a vector index are missing, cut short or altered; build it anew."""


class DimensionMismatch(ValueError):
    """Vectors of one length were given to an index of another."""

    def __init__(self, expected: int, given: int) -> None:
        super().__init__(
            f"The index holds vectors of {expected} numbers, but these have {given}: "
            "use the encoder that made the index, or build a new index."
        )
