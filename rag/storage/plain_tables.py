"""The tables of an archive as plain rows: what each has, and what its fields mean in thirty years.

Only what cannot be made again is here: vectors, indexes, the listing and which lines recur follow from these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["text", "number", "flag", "json", "unicode json", "packed json", "bytes"]
"""How a field is stored: `json` as JSON in ASCII, `unicode json` with its letters, `packed json` compressed.

`bytes` are hexadecimal digits in a plain row.
"""


@dataclass(frozen=True, slots=True)
class PlainField:
    """A field of a plain row, the column that it comes from, how that is stored, and what it means."""

    name: str
    column: str
    kind: FieldKind
    meaning: str


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table of plain rows, the table of the database that it comes from, what it is, its fields, and its order."""

    name: str
    stored_name: str
    meaning: str
    fields: tuple[PlainField, ...]
    order: str


def _text(name: str, meaning: str, column: str = "") -> PlainField:
    return PlainField(name, column or name, "text", meaning)


def _number(name: str, meaning: str, column: str = "") -> PlainField:
    return PlainField(name, column or name, "number", meaning)


def _flag(name: str, meaning: str, column: str = "") -> PlainField:
    return PlainField(name, column or name, "flag", meaning)


def _json(name: str, meaning: str, kind: FieldKind = "json", column: str = "") -> PlainField:
    return PlainField(name, column or name, kind, meaning)


_DELETED = "0, or the number of its deletion, which can be undone"
_SPAN = (
    _number("start", "first character in the article's text, counted in code points from 0"),
    _number("end", "the character after the last one"),
)
_TEXT_KEY = PlainField("text_key", "text_key", "bytes", "hash of the normalised text; empty for a short text")

PLAIN_TABLES = (
    PlainTable(
        "facts",
        "meta",
        "Facts of the archive as a whole.",
        (
            _text("name", "which fact: `archive_id` identifies the archive; `revision` counts its changes"),
            _text("value", "the fact, as text"),
        ),
        "name",
    ),
    PlainTable(
        "states",
        "states",
        "The revisions of the archive.",
        (
            _number("revision", "the number of a change"),
            _text("mark", "a random word that no other archive, and no other past of this one, has at that revision"),
        ),
        "revision",
    ),
    PlainTable(
        "articles",
        "articles",
        "The articles, in the order in which they came in.",
        (
            _text("id", "identifies the article; a hash of its path when it came in"),
            _text("path", "the file it came from, with its number or name in a file of several"),
            _text("file", "the file alone"),
            _text("sha256", "SHA-256 of that file"),
            _text("title", "headline; null if unknown, as for the next five"),
            _text("source", "outlet"),
            _text("author", "author"),
            _text("published", "day of publication, as 2024-03-01"),
            _text("url", "address on the web"),
            _text("place", "where it was written, as its dateline says"),
            _text("language", "BCP-47 tag; und if unknown"),
            _text("text", "the text in Unicode NFC; empty for a duplicate, whose text is that of `duplicate_of`"),
            _text("duplicate_of", "id of the article with the same text that is cited in place of this one", "same_as"),
            _json("asides", "parts that are not the article's own words: start, end, kind"),
            _json("recurring", "lines that recur in the outlet's articles, which makes them boilerplate: start, end"),
            _json("pages", "where each page begins"),
            _json("origins", "by fact, where in the file it was read; `by hand` if it was corrected"),
            _text("recipe", "how it was loaded, cut and encoded"),
            _TEXT_KEY,
            _text("added", "when it came in, UTC"),
        ),
        "rowid",
    ),
    PlainTable(
        "passages",
        "passages",
        "What is searched and quoted: parts of articles. The id of a passage is ARTICLE:START-END.",
        (
            _text("article", "id of its article"),
            *_SPAN,
            _text("kind", "article, or comment for one of a reader"),
            _text("language", "if it differs from that of the article"),
            _number("revision", "which change of the archive brought it or its words"),
        ),
        'article, start, "end"',
    ),
    PlainTable(
        "corrections",
        "corrections",
        "Facts of articles that were corrected by hand. The articles have the corrected facts.",
        (
            _text("article", "id of the article"),
            _text("field", "title, source, author or published"),
            _text("value", "as it should be; null if unknown"),
            _text("read", "as it was read from the file"),
            _text("origin", "where it was read"),
            _text("author", "who corrected it"),
            _text("made", "when, UTC"),
            _text("file", "the file of the article"),
            _TEXT_KEY,
        ),
        "article, field, text_key",
    ),
    PlainTable(
        "files",
        "files",
        "The files that articles came from.",
        (
            _text("path", "where it was"),
            _text("sha256", "SHA-256 of the file, then that of its sidecar, and how it was read", "digest"),
            _text("recipe", "how it was read"),
            _number("articles", "how many articles came from it"),
            _json("flaws", "what of it could not be read, and why"),
            _text("stamp", "its size and times, by which a change is noticed"),
        ),
        "path",
    ),
    PlainTable(
        "folders",
        "folders",
        "The folders that were indexed.",
        (_text("path", "where it is"), _flag("watched", "whether it is indexed whenever something in it changes")),
        "path",
    ),
    PlainTable(
        "feedback",
        "marks",
        "Passages that were marked right or wrong for a question, in the order of the marks.",
        (
            _text("question", "the question"),
            _text("article", "id of the article"),
            *_SPAN,
            _text("quote", "the marked words"),
            _flag("answers", "true if the passage answers the question"),
            _text("made", "when, UTC"),
        ),
        "rowid",
    ),
    PlainTable(
        "test_questions",
        "test_questions",
        "What was said of a question as a whole.",
        (
            _text("question", "the question"),
            _text("wording", "as it is asked in evaluations"),
            _json("tags", "words by which questions are grouped", "unicode json"),
            _flag("answerable", "whether the archive answers it"),
            _text("made", "when, UTC"),
        ),
        "rowid",
    ),
    PlainTable(
        "runs",
        "runs",
        "Evaluations: questions, results and measures.",
        (
            _text("name", "its name"),
            _text("made", "when, UTC"),
            _json("facts", "its entry in the list of runs"),
            _json("run", "the whole run, as `fundstelle runs export` writes it", "packed json", "body"),
        ),
        "rowid",
    ),
    PlainTable(
        "dossiers",
        "dossiers",
        "Collections of quotations.",
        (
            _text("id", "identifies it"),
            _text("name", "its name"),
            _text("made", "when, UTC"),
            _text("changed", "when it was changed last, UTC"),
            _number("deleted", _DELETED),
        ),
        "rowid",
    ),
    PlainTable(
        "dossier_entries",
        "dossier_entries",
        "What is in them.",
        (
            _text("id", "identifies it"),
            _text("dossier", "id of its dossier"),
            _number("position", "its place in the dossier, from 0"),
            _text("kind", "quote, heading or note"),
            _text("text", "the heading, the note, or the remark on the quotation"),
            _json("quotation", "the quoted words, where they are, and all facts of the source when it was saved"),
            _text("article", "id of the quoted article; empty for headings and notes"),
            *_SPAN,
            _text("question", "the question that led to it"),
            _text("added", "when, UTC"),
            _number("deleted", _DELETED),
        ),
        "rowid",
    ),
    PlainTable(
        "history",
        "history",
        "Questions that were asked on the page, the oldest first.",
        (
            _number("id", "a number in the archive"),
            _text("question", "the question"),
            _json("filter", "the filter that it was asked with", "unicode json"),
            _text("time", "when, UTC"),
            _text("outcome", "what came of it"),
            _number("results", "how many articles answered"),
        ),
        "id",
    ),
    PlainTable(
        "saved_questions",
        "saved_questions",
        "Questions that are asked again and again.",
        (
            _text("name", "its name"),
            _text("question", "the question"),
            _json("filter", "its filter", "unicode json"),
            _text("saved", "when, UTC", "save_time"),
            _text("looked", "when somebody last looked at what is new, UTC", "look_time"),
            _text("state", "revision and mark of the archive then"),
            _json("digests", "hashes of the passages that were found then"),
        ),
        "id",
    ),
    PlainTable(
        "settings",
        "settings",
        "Settings that differ from the usual ones.",
        (_text("name", "which setting"), _text("value", "its value")),
        "name",
    ),
)
"""All of them; rows refer to rows of tables before theirs."""
