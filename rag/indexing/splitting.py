"""An article → its passages, with exact offsets."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from rag.config import Config
from rag.text.language import language_of_part
from rag.text.sentences import sentence_spans
from rag.types import SEARCHED_KINDS, Article, Passage, Span, passage_at

CountTokens = Callable[[Sequence[str]], list[int]]

# stands after each sentence while the text is split; a control character that no loader lets through
SENTENCE_END = "\x1e"
_HEADING_CHARACTERS = 80
# passages of one length leave no stub at the end; sentences do not divide evenly, so they get some room
_ROOM = 1.1
_CLAUSE_ENDS = ["; ", ", ", "、", "，", "،"]
_SEPARATORS = ["\n\n", "\n", SENTENCE_END, *_CLAUSE_ENDS, " ", ""]


def split(article: Article, count_tokens: CountTokens, config: Config) -> tuple[Passage, ...]:
    """Cut an article into passages of about `config.passage_tokens` tokens, and a little more with the overlap.

    Paragraphs are kept together where they fit, else sentences, else clauses, else words. The last sentence
    of a passage begins the next one too, if it is short. Every letter of the article and of its readers' comments is
    in some passage, which holds either; only white space at the edges, pieces without any letter or digit, and what
    else is set aside, are left out. A passage that is clearly in another language than its article has that one.
    """
    found: list[Passage] = []
    for part in article.parts():
        if part.kind in SEARCHED_KINDS:
            spans = _spans(article.text[part.start : part.end], article.language, count_tokens, config)
            for start, end in spans:
                passage = passage_at(article, part.start + start, part.start + end)
                found.append(replace(passage, language=language_of_part(passage.text, article.language)))
    return tuple(found)


def _spans(text: str, language: str, count_tokens: CountTokens, config: Config) -> Iterator[Span]:
    """Yield the places of the passages of a text."""
    sentences = sentence_spans(text, language)
    pieces = _pieces(text, sentences, count_tokens, config.passage_tokens)
    sentence_starts = [start for start, _ in sentences]
    for number, (start, end) in enumerate(pieces):
        overlap = _overlap(text, start, pieces[number - 1], sentence_starts) if number > 0 else start
        if overlap < start and count_tokens([text[overlap:start]])[0] <= config.overlap_tokens:
            start = overlap  # noqa: PLW2901
        first, last = _trimmed(text, start, end)
        if any(character.isalnum() for character in text[first:last]):
            yield first, last


def _pieces(text: str, sentences: Sequence[Span], count_tokens: CountTokens, passage_tokens: int) -> list[Span]:
    """Cover the text with pieces that follow on each other, of about the same length.

    The splitter gives back strings and no reliable places. Asked to keep separators and white space, and to
    overlap nothing, it gives back the whole text in order, so the places are the sums of the lengths.
    """
    # imported here, for it takes a quarter of a second, and most runs find nothing new; before anything is counted,
    # since the encoder is opened on another core meanwhile
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    # the tokens of its parts may add up to more
    if text and count_tokens([text])[0] <= passage_tokens:
        return [(0, len(text))]
    marked = SENTENCE_END.join(text[start:end] for start, end in sentences)
    tokens = sum(count_tokens([text[start:end] for start, end in sentences]))
    even = _ROOM * tokens / math.ceil(tokens / passage_tokens) if tokens else passage_tokens

    # the splitter asks for each letter of a text without spaces, and for most words several times
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
    for piece in splitter.split_text(marked):
        end = start + len(piece.replace(SENTENCE_END, ""))
        if text[start:end] != piece.replace(SENTENCE_END, ""):
            raise AssertionError("The pieces of the splitter do not add up to the text.")
        spans.append((start, end))
        start = end
    if start != len(text):
        raise AssertionError("The splitter lost the end of the text.")
    return _with_headings(text, spans)


def _with_headings(text: str, pieces: Sequence[Span]) -> list[Span]:
    """Move a heading at the end of a piece to the piece whose heading it is."""
    starts = [start for start, _ in pieces]
    for number, (start, end) in enumerate(pieces[:-1]):
        body = text[start:end].rstrip()
        line = body[body.rfind("\n") + 1 :]
        heading = len(body) - len(line)
        if 0 < len(line) <= _HEADING_CHARACTERS and line[-1].isalnum() and text[start : start + heading].strip():
            starts[number + 1] = start + heading
    return list(zip(starts, [*starts[1:], len(text)], strict=False))


def _overlap(text: str, start: int, before: Span, sentence_starts: Sequence[int]) -> int:
    """Return where the last sentence of the piece before begins, or `start` if that piece is one sentence."""
    place = bisect_left(sentence_starts, start) - 1
    while place >= 0 and sentence_starts[place] > before[0]:
        if text[sentence_starts[place] : start].strip():
            return sentence_starts[place]
        place -= 1
    return start


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
