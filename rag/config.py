"""The numbers that can be chosen, and their bounds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from rag.errors import ConfigError

Value = int | float | bool

MAX_CANDIDATES = 1000
"""The most candidates of a retriever."""
_LOWER_BOUNDS = {"passage_tokens": 16, "candidates": 1, "reranked": 1}
_UPPER_BOUNDS = {"passage_tokens": 500, "overlap_tokens": 400, "candidates": MAX_CANDIDATES, "reranked": 1000}
_UPPER_BOUND = 1_000_000


def _check_bounds(config: Config | RankingConfig) -> None:
    for field in fields(config):
        name, default, value = field.name, field.default, getattr(config, field.name)
        fits = isinstance(value, (int, float) if isinstance(default, float) else type(default))
        if not fits or isinstance(value, bool) != isinstance(default, bool):
            raise ConfigError(_wrong_type(name, value, default))
        lower, upper = _LOWER_BOUNDS.get(name, 0), _UPPER_BOUNDS.get(name, _UPPER_BOUND)
        # NaN fails both comparisons
        if not lower <= value <= upper:
            raise ConfigError(f"{name} must be between {lower} and {upper}, not {value}.")


def _wrong_type(name: str, value: object, default: object) -> str:
    if isinstance(default, bool):
        return f"{name} must be true or false, not {value!r}."
    kind = "a whole number" if isinstance(default, int) else "a number"
    return f"{name} must be {kind}, such as {default}, not {value!r}."


@dataclass(frozen=True, slots=True)
class Config:
    """How articles are cut into passages. After a change, the next indexing cuts all articles again.

    Raises:
        ConfigError: a value is out of its bounds.
    """

    passage_tokens: int = 180
    """The length of a passage, in tokens of the encoder, is at most this."""
    overlap_tokens: int = 40
    """The last sentence of a passage is repeated in the next one if it has at most this many tokens."""

    def __post_init__(self) -> None:
        _check_bounds(self)


@dataclass(frozen=True, slots=True)
class RankingConfig:
    """How passages are ranked. The weights were fitted by benchmarks/fit_weights.py on MLQA German and Belebele.

    They are the same for all languages and all archives; late interaction has weight 1.

    Raises:
        ConfigError: a value is out of its bounds.
    """

    dense_weight: float = 1.2
    """The weight of the cosine of question and passage."""
    lexical_weight: float = 0.35
    """The weight of the BM25 score, as a share of the best possible one."""
    candidates: int = 50
    """How many passages each retriever returns."""
    reranked: int = 32
    """The number of candidates that are re-ranked is at most this."""
    reranked_tokens: int = 2000
    """With an encoder whose token vectors cannot be cached, at most this many tokens are re-ranked, but at least eight
    passages."""
    fast: bool = False
    """Skip re-ranking."""

    def __post_init__(self) -> None:
        _check_bounds(self)


DEFAULT_RANKING = RankingConfig()
"""The ranking unless another is chosen."""


def with_setting(config: Config, ranking: RankingConfig, name: str, text: str) -> tuple[Config, RankingConfig]:
    """Return both with one setting changed to a value that a person typed.

    Raises:
        ConfigError: the setting does not exist, or cannot have this value.
    """
    defaults = settings(config, ranking)
    if name not in defaults:
        raise ConfigError(f"Unknown setting {name!r}: choose one of {', '.join(defaults)}.")
    value: Any = _parse(name, text, defaults[name])
    if name in asdict(config):
        return replace(config, **{name: value}), ranking
    return config, replace(ranking, **{name: value})


def settings(config: Config, ranking: RankingConfig) -> dict[str, Value]:
    """Return all settings by name."""
    return {**asdict(config), **asdict(ranking)}


def _parse(name: str, text: str, default: Value) -> Value:
    if isinstance(default, bool):
        if text.casefold() not in ("true", "false", "1", "0"):
            raise ConfigError(_wrong_type(name, text, default))
        return text.casefold() in ("true", "1")
    try:
        return type(default)(text)
    except ValueError as error:
        raise ConfigError(_wrong_type(name, text, default)) from error
