"""Splitting: an article → its passages, with exact offsets."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from rag.config import Config
from rag.text.language import languages_of_parts
from rag.text.sentences import sentence_spans
from rag.types import SEARCHED_KINDS, Article, Passage, Span, passage_at

CountTokens = Callable[[Sequence[str]], list[int]]

# marks the end of each sentence while the text is split; a control character that no loader lets through
SENTENCE_END = "\x1e"
# maximum length of a heading, in characters
_MAX_HEADING_CHARACTERS = 80
# passages of even length leave no stub at the end; as sentences do not divide evenly, they may be longer by this factor
_LENGTH_SLACK = 1.1
_CLAUSE_ENDS = ["; ", ", ", "、", "，", "،"]
_SEPARATORS = ["\n\n", "\n", SENTENCE_END, *_CLAUSE_ENDS, " ", ""]


def split(article: Article, count_tokens: CountTokens, config: Config) -> tuple[Passage, ...]:
    """Split an article into passages of about `config.passage_tokens` tokens, plus the overlap.

    Paragraphs are kept whole where they fit, else sentences, else clauses, else words. The last sentence of a passage
    begins the next one too, if it is short. Every character of the article and of its readers' comments is in some
    passage of either kind, except white space at the edges, and pieces without any letter or digit; boilerplate and
    teasers are not. A passage that is clearly in another language than its article has that language.
    """
    passages: list[Passage] = []
    for part in article.parts():
        if part.kind in SEARCHED_KINDS:
            spans = _spans(article.text[part.start : part.end], article.language, count_tokens, config)
            passages += [passage_at(article, part.start + start, part.start + end) for start, end in spans]
    languages = languages_of_parts([passage.text for passage in passages], article.language)
    return tuple(replace(passage, language=language) for passage, language in zip(passages, languages, strict=True))


def _spans(text: str, language: str, count_tokens: CountTokens, config: Config) -> Iterator[Span]:
    """Yield the spans of the passages of a text."""
    sentences = sentence_spans(text, language)
    pieces = _even_pieces(text, sentences, count_tokens, config.passage_tokens)
    sentence_starts = [start for start, _ in sentences]
    for number, (start, end) in enumerate(pieces):
        overlap = _overlap_start(text, start, pieces[number - 1], sentence_starts) if number > 0 else start
        if overlap < start and count_tokens([text[overlap:start]])[0] <= config.overlap_tokens:
            start = overlap  # noqa: PLW2901
        first, last = _trim(text, start, end)
        if any(character.isalnum() for character in text[first:last]):
            yield first, last


def _even_pieces(text: str, sentences: Sequence[Span], count_tokens: CountTokens, passage_tokens: int) -> list[Span]:
    """Cover the text with pieces that follow on each other, of about the same length.

    The splitter gives back strings and no reliable places. Asked to keep separators and white space, and to
    overlap nothing, it gives back the whole text in order, so the places are the sums of the lengths.
    """
    # imported here, for it takes a quarter of a second, and most runs find nothing new; before anything is counted,
    # since the encoder is opened on another core meanwhile
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    # counted as a whole, since the tokens of its parts may add up to more
    if text and count_tokens([text])[0] <= passage_tokens:
        return [(0, len(text))]
    marked_text = SENTENCE_END.join(text[start:end] for start, end in sentences)
    tokens = sum(count_tokens([text[start:end] for start, end in sentences]))
    even = _LENGTH_SLACK * tokens / math.ceil(tokens / passage_tokens) if tokens else passage_tokens

    # the splitter measures each character of a text without spaces, and most words several times
    @lru_cache(maxsize=10_000)
    def length(piece: str) -> int:
        return count_tokens([piece.replace(SENTENCE_END, "")])[0]

    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=min(passage_tokens, math.ceil(even)),
        chunk_overlap=0,
        length_function=length,
    )
    spans, start = [], 0
    for piece in splitter.split_text(marked_text):
        end = start + len(piece.replace(SENTENCE_END, ""))
        if text[start:end] != piece.replace(SENTENCE_END, ""):
            raise AssertionError("The pieces of the splitter do not add up to the text.")
        spans.append((start, end))
        start = end
    if start != len(text):
        raise AssertionError("The splitter lost the end of the text.")
    return _with_headings(text, spans)


def _with_headings(text: str, pieces: Sequence[Span]) -> list[Span]:
    """Move a heading at the end of a piece to the piece that it heads."""
    starts = [start for start, _ in pieces]
    for number, (start, end) in enumerate(pieces[:-1]):
        body = text[start:end].rstrip()
        line = body[body.rfind("\n") + 1 :]
        heading = len(body) - len(line)
        if 0 < len(line) <= _MAX_HEADING_CHARACTERS and line[-1].isalnum() and text[start : start + heading].strip():
            starts[number + 1] = start + heading
    return list(zip(starts, [*starts[1:], len(text)], strict=False))


def _overlap_start(text: str, start: int, previous: Span, sentence_starts: Sequence[int]) -> int:
    """Return where the last sentence of the previous piece begins, or `start` if that piece is a single sentence."""
    sentence = bisect_left(sentence_starts, start) - 1
    while sentence >= 0 and sentence_starts[sentence] > previous[0]:
        if text[sentence_starts[sentence] : start].strip():
            return sentence_starts[sentence]
        sentence -= 1
    return start


def _trim(text: str, start: int, end: int) -> Span:
    """Return a span without the white space at its edges."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
