"""Maps the columns of a table to the fields of an article."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from heapq import nlargest
from operator import itemgetter

from rag.errors import ConfigError, LoadError
from rag.loading.common.leads import LEAD_NAMES, SUBTITLE_NAMES

Columns = Mapping[str, str]
"""The name of the column for each field of an article; fields without a column are missing."""
Cell = str | tuple[str, ...]
"""A text, or a list of texts."""
Cells = Mapping[str, Cell]
"""The cells of a row by the names of their columns."""
RawRow = tuple[str, Cells]
"""A row as its reader yields it: its position in the file, such as "line 3", and its cells."""

_COLUMN_NAMES = {
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
COLUMN_FIELDS = tuple(_COLUMN_NAMES)
"""The fields that a column can hold; `id` is the table's own name of a row."""
# {"author": {"name": …}} and {"title": {"rendered": …}} nest the value one level deeper
_VALUE_SUFFIXES = (".name", ".rendered", ".value", ".text")
MIN_TEXT_LENGTH = 200
"""A text of at least 200 characters may be an article."""
# an error lists at most 20 columns, by at most 40 characters of their names
_MAX_LISTED, _MAX_NAME_CHARACTERS = 20, 40


def cell_texts(cell: Cell | None) -> tuple[str, ...]:
    """Return the texts in a cell; none if it is missing."""
    return (cell,) if isinstance(cell, str) else cell or ()


def parse_columns(words: str) -> Columns:
    """Return the columns given in the form text=body,title=headline.

    Raises:
        ConfigError: it has another form, or names an unknown field.
    """
    pairs = [part.partition("=") for part in words.split(",") if part.strip()]
    columns = {field.strip().lower(): name.strip() for field, _, name in pairs}
    invalid = [field for field, name in columns.items() if field not in COLUMN_FIELDS or not name]
    if invalid or not columns:
        raise ConfigError(
            f"Columns cannot be read from '{words}': write them as text=body,title=headline, with the fields "
            f"{', '.join(COLUMN_FIELDS)}."
        )
    return columns


def guess_columns(names: Sequence[str], rows: Sequence[Cells]) -> Columns:
    """Return the columns of the fields of an article, guessed from their names and the first rows.

    Case, accents, spaces, dashes and underscores do not matter. Of several candidates, columns that are not empty win,
    then the name listed first in this module; a text column must also not be far shorter than another candidate. If no
    name is that of a text, the column with by far the longest texts is taken, if there is one.
    """
    filled_columns = [name for name in names if any(row.get(name) for row in rows)]
    text_column = _text_column(filled_columns, rows) or _text_column(names, rows)
    guesses = {"text": text_column} if text_column else {}
    # fields.headline is the headline if fields.body is the text, but image.url is not the URL of the article
    text_parent = "".join((text_column or "").rpartition(".")[:2])
    preferences = [
        _columns_by_form(
            [name for name in tier if name != text_column],
            lambda name: _forms_of_name(name) | _forms_of_name(name.removeprefix(text_parent)),
        )
        for tier in (filled_columns, names)
    ]
    for field in COLUMN_FIELDS[1:]:
        candidates = [
            columns_by_form[form]
            for columns_by_form in preferences
            for form in _name_forms(field)
            if form in columns_by_form
        ]
        if candidates:
            guesses[field] = candidates[0]
    return guesses


def columns_of(names: Sequence[str], rows: Sequence[Cells], given_columns: Columns | None = None) -> Columns:
    """Return the given columns, and guesses for all other fields.

    Raises:
        LoadError: a given column is not in the table, or no column holds the text.
    """
    given_columns = {field: _spelling_in_table(name, names) for field, name in (given_columns or {}).items()}
    taken_columns = set(given_columns.values())
    guessed = guess_columns([name for name in names if name not in taken_columns], rows)
    columns = {field: name for field in COLUMN_FIELDS if (name := given_columns.get(field) or guessed.get(field))}
    if "text" not in columns:
        raise LoadError(
            f"No column contains the article's text; the columns are {_list_names(names)}: "
            "name it with --columns text=NAME."
        )
    return columns


def _text_column(names: Sequence[str], rows: Sequence[Cells]) -> str | None:
    lengths = {name: sum(len(" ".join(cell_texts(row.get(name)))) for row in rows) for name in names}
    for forms in (_forms_of_name, _forms_of_last_step):
        columns_by_form = _columns_by_form(names, forms)
        columns = [columns_by_form[word] for word in _name_forms("text") if word in columns_by_form]
        if columns:
            longest = max(lengths[name] for name in columns)
            return next(name for name in columns if 2 * lengths[name] >= longest)
    first, second = nlargest(2, [*lengths.items(), ("", 0), ("", 0)], key=itemgetter(1))
    return first[0] if first[1] >= MIN_TEXT_LENGTH * len(rows) and first[1] > 3 * second[1] else None


def _columns_by_form(names: Sequence[str], forms: Callable[[str], set[str]]) -> dict[str, str]:
    """The first column for each form of a name."""
    return {form: name for name in reversed(names) for form in forms(name)}


def _name_forms(field: str) -> list[str]:
    return [_folded(name) for name in _COLUMN_NAMES[field].split()]


def _forms_of_name(name: str) -> set[str]:
    """The forms of a column's name: the name itself, and that of the object it is nested in."""
    plain = _folded(name)
    return {plain, *(plain.removesuffix(step) for step in _VALUE_SUFFIXES)}


def _forms_of_last_step(name: str) -> set[str]:
    return {form.rpartition(".")[2] for form in _forms_of_name(name)}


def _folded(name: str) -> str:
    """A name without case, accents and separators of words."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in plain if character.isalnum() or character == ".")


def _spelling_in_table(name: str, names: Sequence[str]) -> str:
    """The table's own spelling of a given column."""
    spellings = [spelling for spelling in names if spelling == name]
    spellings = spellings or [spelling for spelling in names if _folded(spelling) == _folded(name)]
    if not spellings:
        raise LoadError(f"It has no column {name}; its columns are {_list_names(names)}: correct --columns.")
    return spellings[0]


def _list_names(names: Sequence[str]) -> str:
    listed = [name[:_MAX_NAME_CHARACTERS] for name in names[:_MAX_LISTED]]
    return ", ".join([*listed, "…"] if len(names) > _MAX_LISTED else listed) or "none"
