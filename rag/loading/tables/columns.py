"""Which column of a table holds what of an article."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from heapq import nlargest
from operator import itemgetter

from rag.errors import ConfigError, LoadError
from rag.loading.common.leads import LEAD_NAMES, SUBTITLE_NAMES

Columns = Mapping[str, str]
"""The name of the column for each field of an article; a field without a column is not there."""
Cell = str | tuple[str, ...]
"""What stands in one place of a table: a text, or a list of them."""
Cells = Mapping[str, Cell]

_NAMES = {
    "text": (
        "text body content article article_body articletext maintext main_text volltext inhalt artikel artikeltext "
        "fulltext full_text plaintext plain_text body_text content_text story clean_text cleaned_text raw_text "
        "artikelinhalt texte contenu texto contenido testo tekst content_html body_html html"
    ),
    "title": "title headline titel überschrift ueberschrift schlagzeile heading web_title titre titulo título titolo",
    "source": (
        "source outlet publisher medium quelle zeitung site publication site_name newspaper source_name "
        "source_domain domain herausgeber publikation journal fuente fonte"
    ),
    "author": "author authors autor autoren byline creator verfasser journalist autorin auteur dc_creator",
    "published": (
        "date datum published published_at pub_date publication_date date_published date_publish publish_date "
        "published_date release_date erscheinungsdatum veröffentlicht veroeffentlicht published_time "
        "web_publication_date erschienen fecha"
    ),
    "url": "url link uri web_url permalink href article_url canonical_url",
    "language": "language lang sprache in_language language_code langue idioma",
    "subtitle": SUBTITLE_NAMES,
    "lead": LEAD_NAMES,
    "id": "id _id uuid guid article_id artikel_id",
}
COLUMN_FIELDS = tuple(_NAMES)
"""What a column can hold; `id` is the table's own name of a row."""
# {"author": {"name": …}} and {"title": {"rendered": …}} hold the field itself, one step further down
_STEPS = (".name", ".rendered", ".value", ".text")
MIN_TEXT_LENGTH = 200
"""From how many characters on a text may be an article."""
_SHOWN, _SHOWN_LETTERS = 20, 40


def cell_texts(cell: Cell | None) -> tuple[str, ...]:
    """Return what stands in a place of a table as a list."""
    return (cell,) if isinstance(cell, str) else cell or ()


def parse_columns(words: str) -> Columns:
    """Return the columns that a person gives as text=body,title=headline.

    Raises:
        ConfigError: it is not written so, or names a field that there is not.
    """
    pairs = [part.partition("=") for part in words.split(",") if part.strip()]
    columns = {field.strip().lower(): name.strip() for field, _, name in pairs}
    wrong = [field for field, name in columns.items() if field not in COLUMN_FIELDS or not name]
    if wrong or not columns:
        raise ConfigError(
            f"Columns cannot be read from '{words}': write them as text=body,title=headline, with the fields "
            f"{', '.join(COLUMN_FIELDS)}."
        )
    return columns


def guess_columns(names: Sequence[str], rows: Sequence[Cells]) -> Columns:
    """Return the columns that hold the fields of an article, by their names and a look at the first rows.

    Case, accents, spaces, dashes and underscores make no difference. Of several that fit, one that is not empty wins,
    then the one named first in this file; a text must besides not be far shorter than another one. If no column is
    named like a text, it is the one with by far the longest texts, if there is one.
    """
    filled = [name for name in names if any(row.get(name) for row in rows)]
    text = _text_column(filled, rows) or _text_column(names, rows)
    found = {"text": text} if text else {}
    # fields.headline is the headline if fields.body is the text, and image.url is no address of the article
    below = "".join((text or "").rpartition(".")[:2])
    tiers = [
        _called([name for name in some if name != text], lambda name: _forms(name) | _forms(name.removeprefix(below)))
        for some in (filled, names)
    ]
    for field in COLUMN_FIELDS[1:]:
        column = next((called[word] for called in tiers for word in _words(field) if word in called), None)
        if column:
            found[field] = column
    return found


def columns_of(names: Sequence[str], rows: Sequence[Cells], given: Columns | None = None) -> Columns:
    """Return the given columns, and for all other fields the guessed ones.

    Raises:
        LoadError: a given column is not in the table, or no column holds the text.
    """
    given = {field: _spelled(name, names) for field, name in (given or {}).items()}
    taken = set(given.values())
    guessed = guess_columns([name for name in names if name not in taken], rows)
    columns = {field: name for field in COLUMN_FIELDS if (name := given.get(field) or guessed.get(field))}
    if "text" not in columns:
        raise LoadError(
            f"No column holds the article's text; its columns are {_listed(names)}: name it with --columns text=NAME."
        )
    return columns


def _text_column(names: Sequence[str], rows: Sequence[Cells]) -> str | None:
    lengths = {name: sum(len(" ".join(cell_texts(row.get(name)))) for row in rows) for name in names}
    for forms in (_forms, _last_forms):
        called = _called(names, forms)
        columns = [called[word] for word in _words("text") if word in called]
        if columns:
            longest = max(lengths[name] for name in columns)
            return next(name for name in columns if 2 * lengths[name] >= longest)
    first, second = nlargest(2, [*lengths.items(), ("", 0), ("", 0)], key=itemgetter(1))
    return first[0] if first[1] >= MIN_TEXT_LENGTH * len(rows) and first[1] > 3 * second[1] else None


def _called(names: Sequence[str], forms: Callable[[str], set[str]]) -> dict[str, str]:
    """The first column for each of the forms that names have."""
    return {form: name for name in reversed(names) for form in forms(name)}


def _words(field: str) -> list[str]:
    return [_folded(name) for name in _NAMES[field].split()]


def _forms(name: str) -> set[str]:
    """What a column may be known by: its name, and that of what it is a step of."""
    plain = _folded(name)
    return {plain, *(plain.removesuffix(step) for step in _STEPS)}


def _last_forms(name: str) -> set[str]:
    return {form.rpartition(".")[2] for form in _forms(name)}


def _folded(name: str) -> str:
    """A name without case, accents, and what is put between words."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in plain if character.isalnum() or character == ".")


def _spelled(name: str, names: Sequence[str]) -> str:
    """The table's own spelling of a column that a person names."""
    exact = [one for one in names if one == name] or [one for one in names if _folded(one) == _folded(name)]
    if not exact:
        raise LoadError(f"It has no column {name}; its columns are {_listed(names)}: mend --columns.")
    return exact[0]


def _listed(names: Sequence[str]) -> str:
    shown = [name[:_SHOWN_LETTERS] for name in names[:_SHOWN]]
    return ", ".join([*shown, "…"] if len(names) > _SHOWN else shown) or "none"
