"""Features of the lines of a text that separate an article from what surrounds it, in any language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.loading.plain_text.cues import CUES, US, YOU

FloatArray = NDArray[np.float64]

# lengths in characters: labels are shorter than 40, sentences have at least 60, long lines 120, paragraphs 160
_SHORT, _SENTENCE, _LONG, _PARAGRAPH = 40, 60, 120, 160
_MAX_LINE = 4000
"""Of a longer line only the beginning and the end, 4000 characters in all, are looked at."""
_MAX_LENGTH = 600
"""Lines of at least 600 characters count as equally long."""
_MIN_APPEAL_WORDS = 3
_RECENT_LINES = 8

_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'“”»«)\]]*(?=\s|$)|[。！？]")
_ENDS = re.compile(r"[.!?…:。！？؟।;][\"'“”»«)\]]*$")
_BULLET = re.compile(r"^(?:[*+•·▪–—-]|\d{1,3}[.)]|o)\s|^[*+•·▪–—-]$")
_DATE = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d\d\b")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_ADDRESS = re.compile(r"https?://|www\.|@\w+\.\w|\w\.(?:de|com|org|net|fr|at|ch|uk)\b")
_SEPARATORS = re.compile(r"[|›»→©/#]")
_WORD = re.compile(r"[^\W\d_]+")
_AT = re.compile(r"^@\S")
_QUOTES = frozenset('"„“”«»')


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a text and what is counted in them; all arrays have one number per line."""

    texts: Sequence[str]
    length: FloatArray
    capitalised: FloatArray
    """The share of words that begin with a capital."""
    sentences: FloatArray
    ends: FloatArray
    """1 if the line ends like a sentence."""
    repetitions: FloatArray
    """How often the same line occurs elsewhere in the text."""
    you: FloatArray
    us: FloatArray
    appeals: FloatArray
    """How many different words of appeals the line contains."""
    cues: Mapping[str, FloatArray]
    """By the name of each cue, 1 if it is in the line."""


@dataclass(frozen=True, slots=True)
class _Feature:
    """A column of the matrix; `name` is that of the weights in the table."""

    name: str
    values: Callable[[_Lines], FloatArray]


def _matches(name: str, pattern: re.Pattern[str]) -> _Feature:
    return _Feature(name, lambda lines: _flags(pattern, lines.texts))


def _cue_features(name: str) -> tuple[_Feature, _Feature]:
    """A cue in a short line, and in a paragraph, where it means less."""
    return (
        _Feature(f"cue {name}", lambda lines: lines.cues[name] * (lines.length < _PARAGRAPH)),
        _Feature(f"cue {name} in long", lambda lines: lines.cues[name] * ~(lines.length < _PARAGRAPH)),
    )


# counts are capped where more of the same says nothing new, and lie between 0 and about 10
_FEATURES = (
    _Feature("length", lambda lines: np.minimum(lines.length, _MAX_LENGTH) / 100),
    _Feature("log length", lambda lines: np.log1p(lines.length)),
    _Feature("long", lambda lines: _as_floats(lines.length >= _LONG)),
    _Feature("short", lambda lines: _as_floats(lines.length < _SHORT)),
    _Feature("ends", lambda lines: lines.ends),
    _Feature("sentences", lambda lines: np.minimum(lines.sentences, 5)),
    _Feature("commas", lambda lines: _counts(lines, lambda text: text.count(",")) / np.maximum(lines.length, 20) * 50),
    _Feature("capitals", lambda lines: lines.capitalised),
    _Feature("capitals of long", lambda lines: lines.capitalised * (lines.length >= _SENTENCE)),
    _Feature("shouting", lambda lines: _counts(lines, str.isupper)),
    _Feature("digits", lambda lines: _counts(lines, _digits) / np.maximum(lines.length, 1)),
    _matches("bullet", _BULLET),
    _matches("date", _DATE),
    _matches("time", _TIME),
    _matches("address", _ADDRESS),
    _Feature("separators", lambda lines: np.minimum(_counts(lines, lambda text: len(_SEPARATORS.findall(text))), 4)),
    _matches("to somebody", _AT),
    _Feature("again", lambda lines: np.minimum(lines.repetitions, 3)),
    _Feature(
        "prose", lambda lines: _as_floats((lines.length >= _SENTENCE) & (lines.sentences >= 1) & (lines.ends > 0))
    ),
    _Feature("quotes", lambda lines: _counts(lines, lambda text: not _QUOTES.isdisjoint(text))),
    _Feature("you", lambda lines: np.minimum(lines.you, 3)),
    _Feature("us", lambda lines: np.minimum(lines.us, 4)),
    _Feature("you and us", lambda lines: np.minimum(lines.you, 3) * np.minimum(lines.us, 3)),
    _Feature("appeals", lambda lines: np.minimum(lines.appeals, 4)),
    _Feature("many appeals", lambda lines: _as_floats(lines.appeals >= _MIN_APPEAL_WORDS)),
    _Feature("appeals to you", lambda lines: np.minimum(lines.appeals, 3) * np.minimum(lines.you + lines.us, 3)),
    *(feature for name in CUES for feature in _cue_features(name)),
)
"""What a line says by itself, without its neighbours."""


def feature_matrix(lines: Sequence[str]) -> tuple[FloatArray, tuple[str, ...]]:
    """Return a row of features for each line, shape (lines, features), and the names of the columns.

    Args:
        lines: with their indentation; none is empty or only white space.
    """
    line_counts = _count(lines)
    by_line = {feature.name: feature.values(line_counts) for feature in _FEATURES}
    columns = dict(by_line)
    size = np.minimum(by_line["log length"], 6.0)
    prose = by_line["prose"]
    for suffix, shift in (("before", 1), ("before2", 2), ("after", -1), ("after2", -2)):
        for name in ("log length", "prose", "bullet", "ends"):
            columns[f"{name} {suffix}"] = _shifted(by_line[name], shift)
    for width in (2, 5, 10):
        columns[f"size around {width}"] = _mean(size, width)
        columns[f"prose around {width}"] = _mean(prose, width)
    columns |= _indentation_features(lines, prose, by_line["length"])
    columns |= _position_features(by_line)
    return np.column_stack(list(columns.values())), tuple(columns)


def _count(lines: Sequence[str]) -> _Lines:
    texts = [_without_middle(line) for line in lines]
    words = [_WORD.findall(text) for text in texts]
    word_counts = np.array([len(line_words) for line_words in words], np.float64)
    capitals = np.array([sum(word[0].isupper() for word in line_words) for line_words in words])
    occurrences = Counter(text.casefold() for text in texts)
    return _Lines(
        texts=texts,
        length=np.array([len(text) for text in texts], np.float64),
        capitalised=capitals / np.maximum(word_counts, 1),
        sentences=np.array([len(_SENTENCE_END.findall(text)) for text in texts], np.float64),
        ends=_flags(_ENDS, texts),
        repetitions=np.array([occurrences[text.casefold()] - 1 for text in texts], np.float64),
        you=np.array([len(YOU.matches(text)) for text in texts], np.float64),
        us=np.array([len(US.matches(text)) for text in texts], np.float64),
        appeals=np.array([len(set(CUES["appeal"].matches(text))) for text in texts], np.float64),
        cues={name: np.array([cue.is_in(text) for text in texts], np.float64) for name, cue in CUES.items()},
    )


def _without_middle(line: str) -> str:
    """A line without the middle of one that is longer than any paragraph, which adds no information."""
    text = line.strip()
    return text if len(text) <= _MAX_LINE else text[: _MAX_LINE // 2] + text[-_MAX_LINE // 2 :]


def _position_features(by_line: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Return features of what precedes and follows each line."""
    prose, size = by_line["prose"] * by_line["length"], len(by_line["prose"])
    total = prose.sum() or 1.0
    prose_above = (np.cumsum(prose) - prose) / total
    columns = {
        "prose above": prose_above,
        "nothing above": _as_floats(prose_above == 0),
        "nothing below": _as_floats(prose_above + prose / total >= 1 - 1e-9),
    }
    # a comment has a header: who wrote it, when, and a link to answer
    headers = by_line["date"] * (by_line["length"] < 1) + by_line["cue speaker"] + by_line["cue reply"]
    columns["headers around"] = _mean(np.minimum(headers, 1), 6)
    columns["header before"] = np.minimum(_shifted(headers, 1) + _shifted(headers, 2), 1)
    for name in ("comments", "related", "reply", "speaker"):
        total_so_far = np.cumsum(by_line[f"cue {name}"])
        columns[f"since {name}"] = np.minimum(total_so_far, 1.0)
        total_before = np.concatenate([np.zeros(min(_RECENT_LINES, size)), total_so_far[:-_RECENT_LINES]])[:size]
        columns[f"recent {name}"] = np.minimum(total_so_far - total_before, 1.0)
        columns[f"many {name}"] = np.minimum(total_so_far, 5) / 5
        columns[f"ahead {name}"] = np.minimum(total_so_far[-1] - total_so_far, 5) / 5
    return columns


def _indentation_features(lines: Sequence[str], prose: FloatArray, length: FloatArray) -> dict[str, FloatArray]:
    """Return how deep a line is indented compared with the bulk of the prose; all equal where nothing is."""
    depths = np.array([len(line) - len(line.lstrip()) for line in lines], np.float64)
    weights: Counter[float] = Counter()
    for depth, is_prose, size in zip(depths, prose, length, strict=True):
        weights[depth] += is_prose * size
    main_depth = weights.most_common(1)[0][0] if weights else 0.0
    offset = depths - main_depth
    return {
        "at main depth": _as_floats(offset == 0),
        "deeper": np.clip(offset, 0, 20) / 10,
        "shallower": np.clip(-offset, 0, 20) / 10,
        "any depth": np.full(len(lines), float(len(set(depths)) > 1)),
    }


def _as_floats(flags: NDArray[np.bool_]) -> FloatArray:
    return flags.astype(np.float64)


def _counts(lines: _Lines, count: Callable[[str], float]) -> FloatArray:
    return np.array([count(text) for text in lines.texts], np.float64)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _flags(pattern: re.Pattern[str], texts: Sequence[str]) -> FloatArray:
    return np.array([pattern.search(text) is not None for text in texts], np.float64)


def _shifted(values: FloatArray, by: int) -> FloatArray:
    """The values moved down by some lines, or up if `by` is negative, with zeros moved in."""
    shifted = np.zeros_like(values)
    if by > 0:
        shifted[by:] = values[:-by] if by < len(values) else values[:0]
    else:
        shifted[:by] = values[-by:] if -by < len(values) else values[:0]
    return shifted


def _mean(values: FloatArray, width: int) -> FloatArray:
    """Return the mean over each line and up to `width` lines on either side."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    numbers = np.arange(len(values))
    first, last = np.maximum(numbers - width, 0), np.minimum(numbers + width + 1, len(values))
    means: FloatArray = (total[last] - total[first]) / (last - first)
    return means
