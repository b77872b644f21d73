"""Rich Text Format by striprtf, which reads the body; the groups that it skips are passed to it one by one."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.errors import LoadError
from rag.loading.common.draft import Draft, paragraph_blocks
from rag.loading.common.typography import plain_letters
from rag.loading.documents.office_xml import distinct, office_draft
from rag.loading.documents.zipped_xml import unread_files_notice

_TOKEN = re.compile(r"\\([a-z]+)(-?\d+)? ?|\\'[0-9a-fA-F]{2}|\\.|[{}]|[^\\{}]+|\\", re.DOTALL)
_HIDING_WORDS = {"v", "deleted", "mvf"}
_CHARACTER_WORDS = {
    *("u", "tab", "line", "emdash", "endash", "emspace", "enspace", "qmspace", "bullet"),
    *("lquote", "rquote", "ldblquote", "rdblquote", "chdate", "chtime", "chpgn"),
}
_GROUP_TOKEN = re.compile(r"\\bin(\d{1,9}) ?|\\[{}\\]|[{}]")
_GROUP_NAME = re.compile(r"\{(?:\\\*)?\s*\\([a-z]+)-?\d* ?")
_FONT_CHARSET = re.compile(r"\\f(\d+)(?:[^;\\]|\\(?!f\d)){0,200}?\\fcharset(\d+)")
_CODE_PAGE = re.compile(rb"\\ansicpg(\d+)")
_DATA_GROUPS = {"pict", "objdata", "datastore", "themedata", "fontemb", "fldinst"}
_HEADER_GROUPS = {"header", "headerl", "headerr", "headerf"}
_FOOTER_GROUPS = {"footer", "footerl", "footerr", "footerf"}
_NOTE_GROUPS = {"footnote", "shptxt", "dptxbxtext"}
_EXTRACTED_GROUPS = {*_HEADER_GROUPS, *_FOOTER_GROUPS, *_NOTE_GROUPS, "annotation", "title", "author"}
# private-use characters for the ends that striprtf would write as line feeds and bars, as it writes those of the text
_CELL_END, _ROW_END, _ROW_START, _LINE_BREAK = "\ue000", "\ue001", "\ue002", "\ue003"
_TABLE_CHARACTERS = {
    "cell": _CELL_END,
    "nestcell": _CELL_END,
    "row": _ROW_END,
    "trowd": _ROW_START,
    "line": _LINE_BREAK,
}
_TABLE_WORD = re.compile(rf"\\({'|'.join(_TABLE_CHARACTERS)})(?![a-z])-?\d* ?")
_TABLE_ROW = re.compile(f"{_ROW_START}([^{_ROW_END}]*){_ROW_END}")
_TABLE = re.compile(f"(?:(?<!\n)\n+)?((?:{_ROW_END}[^{_ROW_END}\n]*{_ROW_END})+)\n*")


def load_rtf(raw: bytes) -> Draft:
    """Read Rich Text; notes and text boxes follow the text.

    Raises:
        LoadError: it is not Rich Text, or damaged.
    """
    if not raw.lstrip().startswith(b"{\\rtf"):
        raise LoadError("Not Rich Text: open it with the program that it was made with, and save it as .rtf.")
    code_page = _CODE_PAGE.search(raw)
    rtf = raw.decode(_encoding(code_page[1].decode("ascii") if code_page else ""), "replace")
    rtf, data = _extract_groups(rtf, _DATA_GROUPS)
    rtf = "".join(_visible_pieces(rtf))
    object_count = sum(group.name == "objdata" for group in data)
    rtf, groups = _extract_groups(rtf, _EXTRACTED_GROUPS)
    rtf, font_tables = _extract_groups(rtf, {"fonttbl"})
    character_sets = {font[1]: font[2] for group in font_tables for font in _FONT_CHARSET.finditer(group.rtf)}
    fonts = "".join(f"{{\\f{number}\\fcharset{charset} x;}}" for number, charset in character_sets.items())
    start = f"{{\\rtf1{(code_page[0] if code_page else b'').decode('ascii')}{{\\fonttbl{fonts}}}"

    def texts_in(*names: str) -> list[str]:
        return [
            text
            for group in groups
            if group.name in names
            for text in _texts(f"{start}{{{_GROUP_NAME.sub('', group.rtf, count=1)}}}")
        ]

    return office_draft(
        (
            *paragraph_blocks(distinct(texts_in(*_HEADER_GROUPS)), "boilerplate"),
            *paragraph_blocks([*_texts(f"{start}{rtf}}}"), *texts_in(*_NOTE_GROUPS)]),
            *paragraph_blocks(distinct(texts_in(*_FOOTER_GROUPS)), "boilerplate"),
            *paragraph_blocks(texts_in("annotation"), "comment"),
        ),
        title=" ".join(texts_in("title")),
        author=" ".join(texts_in("author")),
        unread=unread_files_notice([f"object {number}" for number in range(1, object_count + 1)]),
    )


class _Group(NamedTuple):
    """A group of RTF, in braces, and the control word that it begins with."""

    name: str
    rtf: str


def _visible_pieces(rtf: str) -> Iterator[str]:
    """The text without what is hidden, deleted, or was moved away; its markup stays as it is."""
    hiding: frozenset[str] = frozenset()
    outer: list[frozenset[str]] = []
    for match in _TOKEN.finditer(rtf):
        piece, word, number = match[0], match[1], match[2]
        if piece == "{":
            outer.append(hiding)
        elif piece == "}":
            hiding = outer.pop() if outer else frozenset()
        elif word in _HIDING_WORDS:
            hiding = hiding - {word} if number == "0" else hiding | {word}
        elif word == "plain":
            hiding = frozenset()
        elif hiding and (word is None or word in _CHARACTER_WORDS):
            continue
        yield piece


def _encoding(code_page: str) -> str:
    try:
        return codecs.lookup(f"cp{code_page}").name
    except LookupError:
        return "cp1252"


def _extract_groups(rtf: str, names: set[str]) -> tuple[str, list[_Group]]:
    """The text without the outermost groups of these names, and these groups."""
    texts, groups, at = [], [], 0
    for name, start, end in _group_spans(rtf, names):
        texts.append(rtf[at:start])
        groups.append(_Group(name, rtf[start:end]))
        at = end
    return "".join([*texts, rtf[at:]]), groups


def _group_spans(rtf: str, names: set[str]) -> Iterator[tuple[str, int, int]]:
    """The outermost groups of these names: name, start and end."""
    depth, at = 0, 0
    name, start, outer_depth = "", 0, -1
    while token := _GROUP_TOKEN.search(rtf, at):
        at = token.end() + int(token[1] or 0)
        if token[0] == "{":
            group = _GROUP_NAME.match(rtf, token.start())
            if outer_depth < 0 and group and group[1] in names:
                name, start, outer_depth = group[1], token.start(), depth
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == outer_depth:
                yield name, start, at
                outer_depth = -1


def _texts(rtf: str) -> list[str]:
    """The paragraphs of a text; the rows of a table are the lines of one."""
    from striprtf.striprtf import rtf_to_text

    # a field instruction without end, which striprtf would look for again and again
    rtf = rtf.replace("\\fldinst", "")
    encoded = _TABLE_WORD.sub(lambda word: f"{{\\uc1\\u{ord(_TABLE_CHARACTERS[word[1]])}?}}", rtf)
    try:
        text = str(rtf_to_text(encoded, errors="replace"))
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise LoadError("It is damaged: open it with a program for rtf, and save it again.") from error
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = _TABLE_ROW.sub(lambda row: f"{_ROW_END}{_cells(row[1])}{_ROW_END}", text)
    tables = _TABLE.sub(lambda rows: f"\n{_LINE_BREAK.join(filter(None, rows[1].split(_ROW_END)))}\n", lines)
    plain = str.maketrans({_LINE_BREAK: "\n", _CELL_END: " ", _ROW_END: "\n", _ROW_START: None})
    return [text for line in tables.split("\n") if (text := plain_letters(line.translate(plain)).strip())]


def _cells(row: str) -> str:
    cells = [
        " ".join(cell.replace(_ROW_START, "").replace(_LINE_BREAK, " ").split()) for cell in row.split(_CELL_END)[:-1]
    ]
    return " | ".join(cells) if any(cells) else ""
