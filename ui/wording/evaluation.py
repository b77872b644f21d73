"""How the tab Evaluate names outcomes and signals, and how it writes measures."""

from __future__ import annotations

from collections.abc import Mapping

from rag.evaluation.measures.statistics import Interval
from rag.evaluation.reports.texts import ReportTexts
from rag.evaluation.reports.wording import REPORT_TEXTS
from rag.evaluation.types import NOT_RERANKED
from ui.wording.english import ENGLISH_WORDS
from ui.wording.german import GERMAN_WORDS
from ui.wording.texts import Texts, Words

_WORDS: Mapping[str, Words] = {words.texts.code: words for words in (GERMAN_WORDS, ENGLISH_WORDS)}


def words_of(texts: Texts) -> Words:
    """Return the wording of the tab in the language of the page."""
    return _WORDS[texts.code]


def report_texts(words: Words) -> ReportTexts:
    """Return the texts that the page shares with the reports of runs: outcomes, and cautions on comparisons."""
    return REPORT_TEXTS[words.texts.code]


def signal_label(name: str, words: Words) -> str:
    """Return the label of a signal as runs store it, or why there is none; an unknown one is its own label."""
    if name == NOT_RERANKED:
        return words.not_reranked
    signal = words.texts.signals.get(name)
    return signal.label if signal else name


def fixed(number: float, texts: Texts, sign: str = "") -> str:
    """Return a number with three decimals, as a measure is written: `0.825`, `+0,825`."""
    return f"{number:{sign}.3f}".replace(".", texts.decimal).replace("-", "−")


def percent(share: float, texts: Texts) -> str:
    """Return a share, between 0 and 1, in percent: `82.5%`, `82,5 %`."""
    number = f"{share * 100:.1f}".replace(".", texts.decimal)
    return f"{number}\u00a0%" if texts.code == "de" else f"{number}%"


def bounds(interval: Interval, texts: Texts, sign: str = "") -> str:
    """Return the ends of an interval: `0.712–0.850`, or with signs `−0.010 to +0.020`."""
    low, high = fixed(interval.low, texts, sign), fixed(interval.high, texts, sign)
    if not sign:
        return f"{low}–{high}"
    return f"{low} bis {high}" if texts.code == "de" else f"{low} to {high}"
