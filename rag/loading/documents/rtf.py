"""Rich Text Format by striprtf, which reads the body; what it passes over is handed to it group by group."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from rag.errors import LoadError
from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.common.typography import plain_letters
from rag.loading.documents.office_xml import document, unlike
from rag.loading.documents.zipped_xml import unread_files

_PART = re.compile(r"\\([a-z]+)(-?\d+)? ?|\\'[0-9a-fA-F]{2}|\\.|[{}]|[^\\{}]+|\\", re.DOTALL)
_HIDING = {"v", "deleted", "mvf"}
_CHARACTERS = {
    *("u", "tab", "line", "emdash", "endash", "emspace", "enspace", "qmspace", "bullet"),
    *("lquote", "rquote", "ldblquote", "rdblquote", "chdate", "chtime", "chpgn"),
}
_TOKEN = re.compile(r"\\bin(\d{1,9}) ?|\\[{}\\]|[{}]")
_NAME = re.compile(r"\{(?:\\\*)?\s*\\([a-z]+)-?\d* ?")
_FONT = re.compile(r"\\f(\d+)(?:[^;\\]|\\(?!f\d)){0,200}?\\fcharset(\d+)")
_CODE_PAGE = re.compile(rb"\\ansicpg(\d+)")
_DATA = {"pict", "objdata", "datastore", "themedata", "fontemb", "fldinst"}
_HEADERS = {"header", "headerl", "headerr", "headerf"}
_FOOTERS = {"footer", "footerl", "footerr", "footerf"}
_BELOW = {"footnote", "shptxt", "dptxbxtext"}
_ASIDE = {*_HEADERS, *_FOOTERS, *_BELOW, "annotation", "title", "author"}
# characters that no text has, for the ends that striprtf writes as it writes line feeds and bars of the text
_CELL, _ROW, _ROW_START, _LINE = "\ue000", "\ue001", "\ue002", "\ue003"
_SIGNS = {"cell": _CELL, "nestcell": _CELL, "row": _ROW, "trowd": _ROW_START, "line": _LINE}
_SIGN = re.compile(rf"\\({'|'.join(_SIGNS)})(?![a-z])-?\d* ?")
_TABLE_ROW = re.compile(f"{_ROW_START}([^{_ROW}]*){_ROW}")
_TABLE = re.compile(f"\n*((?:{_ROW}[^{_ROW}\n]*{_ROW})+)\n*")


def load_rtf(raw: bytes) -> Draft:
    """Read Rich Text; notes and text boxes follow the text.

    Raises:
        LoadError: it is no Rich Text, or damaged.
    """
    if not raw.lstrip().startswith(b"{\\rtf"):
        raise LoadError("It is no Rich Text: open it with the program that it was made with, and save it as .rtf.")
    stated = _CODE_PAGE.search(raw)
    rtf = raw.decode(_encoding(stated[1].decode("ascii") if stated else ""), "replace")
    rtf, data = _taken_out(rtf, _DATA)
    rtf = "".join(_shown(rtf))
    rtf, aside = _taken_out(rtf, _ASIDE)
    rtf, fonts = _taken_out(rtf, {"fonttbl"})
    character_sets = {font[1]: font[2] for _, group in fonts for font in _FONT.finditer(group)}
    table = "".join(f"{{\\f{number}\\fcharset{kind} x;}}" for number, kind in character_sets.items())
    start = f"{{\\rtf1{(stated[0] if stated else b'').decode('ascii')}{{\\fonttbl{table}}}"

    def inside(*names: str) -> list[str]:
        return [
            text
            for name, group in aside
            if name in names
            for text in _texts(f"{start}{{{_NAME.sub('', group, count=1)}}}")
        ]

    return document(
        (
            *paragraph_blocks(unlike(inside(*_HEADERS)), "boilerplate"),
            *paragraph_blocks([*_texts(f"{start}{rtf}}}"), *inside(*_BELOW)]),
            *paragraph_blocks(unlike(inside(*_FOOTERS)), "boilerplate"),
            *paragraph_blocks(inside("annotation"), "comment"),
        ),
        title=" ".join(inside("title")),
        author=" ".join(inside("author")),
        unread=unread_files([f"object {number}" for number in range(1, _objects(data) + 1)]),
    )


def _objects(data: list[tuple[str, str]]) -> int:
    return sum(name == "objdata" for name, _ in data)


def _shown(rtf: str) -> Iterator[str]:
    """The text without what is hidden, deleted, or was moved away; all else of it stays as it is."""
    hidden: frozenset[str] = frozenset()
    around: list[frozenset[str]] = []
    for token in _PART.finditer(rtf):
        part, word, number = token[0], token[1], token[2]
        if part == "{":
            around.append(hidden)
        elif part == "}":
            hidden = around.pop() if around else frozenset()
        elif word in _HIDING:
            hidden = hidden - {word} if number == "0" else hidden | {word}
        elif word == "plain":
            hidden = frozenset()
        elif hidden and (word is None or word in _CHARACTERS):
            continue
        yield part


def _encoding(code_page: str) -> str:
    try:
        return codecs.lookup(f"cp{code_page}").name
    except LookupError:
        return "cp1252"


def _taken_out(rtf: str, names: set[str]) -> tuple[str, list[tuple[str, str]]]:
    """The text without the outermost groups of these names, and these groups."""
    rest, taken, at = [], [], 0
    for name, start, end in _groups(rtf, names):
        rest.append(rtf[at:start])
        taken.append((name, rtf[start:end]))
        at = end
    return "".join([*rest, rtf[at:]]), taken


def _groups(rtf: str, names: set[str]) -> Iterator[tuple[str, int, int]]:
    """The outermost groups of these names: name, start and end."""
    depth, at = 0, 0
    name, start, outside = "", 0, -1
    while token := _TOKEN.search(rtf, at):
        at = token.end() + int(token[1] or 0)
        if token[0] == "{":
            named = _NAME.match(rtf, token.start())
            if outside < 0 and named and named[1] in names:
                name, start, outside = named[1], token.start(), depth
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == outside:
                yield name, start, at
                outside = -1


def _texts(rtf: str) -> list[str]:
    """The paragraphs of a text; the rows of a table are the lines of one."""
    from striprtf.striprtf import rtf_to_text

    # an instruction of a field that has no end; striprtf would look for it again and again
    rtf = rtf.replace("\\fldinst", "")
    marked = _SIGN.sub(lambda word: f"{{\\uc1\\u{ord(_SIGNS[word[1]])}?}}", rtf)
    try:
        text = str(rtf_to_text(marked, errors="replace"))
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise LoadError("It is damaged: open it with a program for rtf, and save it again.") from error
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = _TABLE_ROW.sub(lambda row: f"{_ROW}{_cells(row[1])}{_ROW}", text)
    tables = _TABLE.sub(lambda rows: f"\n{_LINE.join(filter(None, rows[1].split(_ROW)))}\n", lines)
    signs = str.maketrans({_LINE: "\n", _CELL: " ", _ROW: "\n", _ROW_START: None})
    return [text for line in tables.split("\n") if (text := plain_letters(line.translate(signs)).strip())]


def _cells(row: str) -> str:
    cells = [" ".join(cell.replace(_ROW_START, "").replace(_LINE, " ").split()) for cell in row.split(_CELL)[:-1]]
    return " | ".join(cells) if any(cells) else ""
