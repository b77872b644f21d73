"""The lines of a text, in numbers that tell an article from what stands around it, whatever the language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.loading.plain_text.cues import CUES, US, YOU

FloatArray = NDArray[np.float64]

# lines of so many characters are labels, no labels, paragraphs, and never what a cue alone can tell
_SHORT, _SENTENCE, _LONG, _PARAGRAPH = 40, 60, 120, 160
_ENDLESS = 4000
_APPEALS = 3

_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'“”»«)\]]*(?=\s|$)|[。！？]")
_ENDS = re.compile(r"[.!?…:。！？؟।;][\"'“”»«)\]]*$")
_BULLET = re.compile(r"^(?:[*+•·▪–—-]|\d{1,3}[.)]|o)\s|^[*+•·▪–—-]$")
_DATE = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d\d\b")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_ADDRESS = re.compile(r"https?://|www\.|@\w+\.\w|\w\.(?:de|com|org|net|fr|at|ch|uk)\b")
_SEPARATORS = re.compile(r"[|›»→©/#]")
_WORD = re.compile(r"[^\W\d_]+")
_AT = re.compile(r"^@\S")

_RECENT = 8


def feature_matrix(lines: Sequence[str]) -> tuple[FloatArray, tuple[str, ...]]:
    """Return a row of numbers for each line, shape (lines, features), and the names of the columns.

    Args:
        lines: with their indentation; none is empty or only white space.
    """
    own = _own(lines)
    columns = dict(own)
    size = np.minimum(own["log length"], 6.0)
    prose = own["prose"]
    for name, shift in (("before", 1), ("before2", 2), ("after", -1), ("after2", -2)):
        for of in ("log length", "prose", "bullet", "ends"):
            columns[f"{of} {name}"] = _shifted(own[of], shift)
    for width in (2, 5, 10):
        columns[f"size around {width}"] = _mean(size, width)
        columns[f"prose around {width}"] = _mean(prose, width)
    columns |= _indented(lines, prose, own["length"])
    columns |= _where(own)
    return np.column_stack(list(columns.values())), tuple(columns)


def _own(lines: Sequence[str]) -> dict[str, FloatArray]:
    texts = [_shown(line) for line in lines]
    length = np.array([len(text) for text in texts], np.float64)
    words = [_WORD.findall(text) for text in texts]
    count = np.array([len(of) for of in words], np.float64)
    seen = Counter(text.casefold() for text in texts)
    ends = _flags(_ENDS, texts)
    sentences = np.array([len(_SENTENCE_END.findall(text)) for text in texts], np.float64)
    upper = np.array([sum(word[0].isupper() for word in of) for of in words]) / np.maximum(count, 1)
    columns = {
        "length": np.minimum(length, 600) / 100,
        "log length": np.log1p(length),
        "long": (length >= _LONG).astype(float),
        "short": (length < _SHORT).astype(float),
        "ends": ends,
        "sentences": np.minimum(sentences, 5),
        "commas": np.array([text.count(",") for text in texts]) / np.maximum(length, 20) * 50,
        "capitals": upper,
        "capitals of long": upper * (length >= _SENTENCE),
        "shouting": np.array([text.isupper() for text in texts], float),
        "digits": np.array([sum(one.isdigit() for one in text) for text in texts]) / np.maximum(length, 1),
        "bullet": _flags(_BULLET, texts),
        "date": _flags(_DATE, texts),
        "time": _flags(_TIME, texts),
        "address": _flags(_ADDRESS, texts),
        "separators": np.minimum([len(_SEPARATORS.findall(text)) for text in texts], 4),
        "to somebody": _flags(_AT, texts),
        "again": np.array([min(seen[text.casefold()] - 1, 3) for text in texts], float),
        "prose": ((length >= _SENTENCE) & (sentences >= 1) & (ends > 0)).astype(float),
        "quotes": np.array([any(one in text for one in '"„“”«»') for text in texts], float),
    }
    you, us = (np.array([len(pattern.findall(text)) for text in texts], np.float64) for pattern in (YOU, US))
    appeals = np.array([len({one.casefold() for one in CUES["appeal"].findall(text)}) for text in texts], np.float64)
    columns |= {
        "you": np.minimum(you, 3),
        "us": np.minimum(us, 4),
        "you and us": np.minimum(you, 3) * np.minimum(us, 3),
        "appeals": np.minimum(appeals, 4),
        "many appeals": (appeals >= _APPEALS).astype(float),
        "appeals to you": np.minimum(appeals, 3) * np.minimum(you + us, 3),
    }
    short = length < _PARAGRAPH
    for name, cue in CUES.items():
        columns[f"cue {name}"] = _flags(cue, texts) * short
        columns[f"cue {name} in long"] = _flags(cue, texts) * ~short
    return columns


def _shown(line: str) -> str:
    """Return a line without the middle of one that is longer than any paragraph; it would tell nothing more."""
    text = line.strip()
    return text if len(text) <= _ENDLESS else text[: _ENDLESS // 2] + text[-_ENDLESS // 2 :]


def _where(own: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Return what came before and comes after, as far as it matters for a line."""
    prose, size = own["prose"] * own["length"], len(own["prose"])
    total = prose.sum() or 1.0
    above = (np.cumsum(prose) - prose) / total
    found = {
        "prose above": above,
        "nothing above": (above == 0).astype(float),
        "nothing below": (above + prose / total >= 1 - 1e-9).astype(float),
    }
    headers = own["date"] * (own["length"] < 1) + own["cue speaker"] + own["cue reply"]
    found["headers around"] = _mean(np.minimum(headers, 1), 6)
    found["header before"] = np.minimum(_shifted(headers, 1) + _shifted(headers, 2), 1)
    for name in ("comments", "related", "reply", "speaker"):
        column = own[f"cue {name}"]
        counted = np.cumsum(column)
        found[f"since {name}"] = np.minimum(counted, 1.0)
        recent = counted - np.concatenate([np.zeros(min(_RECENT, size)), counted[:-_RECENT]])[:size]
        found[f"recent {name}"] = np.minimum(recent, 1.0)
        found[f"many {name}"] = np.minimum(counted, 5) / 5
        found[f"ahead {name}"] = np.minimum(counted[-1] - counted, 5) / 5
    return found


def _indented(lines: Sequence[str], prose: FloatArray, length: FloatArray) -> dict[str, FloatArray]:
    """Return how deep a line is indented beside the bulk of the prose; all equal where nothing is."""
    depth = np.array([len(line) - len(line.lstrip()) for line in lines], np.float64)
    weights: Counter[float] = Counter()
    for one, of, size in zip(depth, prose, length, strict=True):
        weights[one] += of * size
    main = weights.most_common(1)[0][0] if weights else 0.0
    away = depth - main
    return {
        "at main depth": (away == 0).astype(float),
        "deeper": np.clip(away, 0, 20) / 10,
        "shallower": np.clip(-away, 0, 20) / 10,
        "any depth": np.full(len(lines), float(len(set(depth)) > 1)),
    }


def _flags(pattern: re.Pattern[str], texts: Sequence[str]) -> FloatArray:
    return np.array([pattern.search(text) is not None for text in texts], float)


def _shifted(values: FloatArray, by: int) -> FloatArray:
    found = np.zeros_like(values)
    if by > 0:
        found[by:] = values[:-by] if by < len(values) else values[:0]
    else:
        found[:by] = values[-by:] if -by < len(values) else values[:0]
    return found


def _mean(values: FloatArray, width: int) -> FloatArray:
    """Return the mean over so many lines on either side, and the line itself."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    first, last = np.maximum(places - width, 0), np.minimum(places + width + 1, len(values))
    means: FloatArray = (total[last] - total[first]) / (last - first)
    return means
