"""The few numbers that can be chosen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from rag.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Config:
    """How articles are cut. A changed value cuts all articles anew at the next indexing."""

    passage_tokens: int = 180
    """A passage is cut before it gets longer than this many tokens of the encoder."""
    overlap_tokens: int = 40
    """The last sentence of a passage begins the next one too, if it is not longer than this."""


@dataclass(frozen=True, slots=True)
class RankingConfig:
    """How passages are ranked. The weights were made by benchmarks/fit_weights.py on MLQA German and Belebele.

    They are the same for all languages and all archives; late interaction has weight 1.
    """

    dense_weight: float = 1.2
    """Of the cosine of question and passage, beside late interaction."""
    lexical_weight: float = 0.35
    """Of the share of the best possible BM25 score."""
    candidates: int = 50
    """How many passages each leg gives."""
    reranked: int = 32
    """How many of the best candidates are read once more at most."""
    reranked_tokens: int = 2000
    """Of an encoder whose tokens cannot be kept, so many are read once more at most, but eight passages at least."""
    fast: bool = False
    """Leave re-ranking out."""


IN_USE = RankingConfig()
"""What everybody gets who chooses nothing."""

Value = int | float | bool

_LEAST = {"passage_tokens": 16, "candidates": 1, "reranked": 1}
_MOST = {"passage_tokens": 500, "overlap_tokens": 400, "candidates": 1000, "reranked": 1000}


def with_setting(config: Config, ranking: RankingConfig, name: str, written: str) -> tuple[Config, RankingConfig]:
    """Return both with one number changed, as a person wrote it.

    Raises:
        ConfigError: there is no such setting, or it cannot have this value.
    """
    known: dict[str, Value] = settings(config, ranking)
    if name not in known:
        raise ConfigError(f"There is no setting {name!r}: choose among {', '.join(known)}.")
    value: Any = _value(name, written, known[name])
    if name in asdict(config):
        return replace(config, **{name: value}), ranking
    return config, replace(ranking, **{name: value})


def settings(config: Config, ranking: RankingConfig) -> dict[str, Value]:
    """Return all numbers by name."""
    return {**asdict(config), **asdict(ranking)}


def _value(name: str, written: str, default: Value) -> Value:
    if isinstance(default, bool):
        if written.casefold() not in ("true", "false", "1", "0"):
            raise ConfigError(f"{name} is true or false, not {written!r}.")
        return written.casefold() in ("true", "1")
    try:
        value = type(default)(written)
    except ValueError as error:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise ConfigError(f"{name} is {kind}, such as {default}, not {written!r}.") from error
    least, most = _LEAST.get(name, 0), _MOST.get(name, 1_000_000)
    # not a number fails both
    if not least <= value <= most:
        raise ConfigError(f"{name} lies between {least} and {most}, {written} does not.")
    return value
