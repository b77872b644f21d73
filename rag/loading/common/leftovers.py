"""Files that programs leave next to articles: lock files, backup copies, pictures and scripts of a saved page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LOCK = re.compile(r"~\$.+|\.~lock\..*#|~wr[dlf]\d+\.tmp", re.IGNORECASE)
_BACKUP = re.compile(
    r".+~|#.+#|.+\.(?:bak|backup|sik|wbk|orig|sav|sw[op]|tmp|temp|autosave|asd)|.+\.~\d+~", re.IGNORECASE
)
_UNFINISHED = re.compile(r".+\.(?:part|partial|crdownload|download|opdownload)", re.IGNORECASE)
_SYSTEM = re.compile(
    r"(?:eh)?thumbs\.db|desktop\.ini|icon\r|__macosx|\$recycle\.bin|recycler|lost\+found|system volume information|"
    r"@eadir|#recycle|#snapshot",
    re.IGNORECASE,
)
# suffixes that browsers in many languages append to the page's name, and that Windows recognises to move both together
_PAGE_FOLDER = re.compile(
    r"(?P<page>.+)(?:"
    r"[_-](?:dateien|filer)|_(?:files?|fichiers|archivos|ficheros|arquivos|ficheiros|bestanden|pliki|soubory|súbory|subory|"
    r"elemei|fájlok|fajlok|dosyalar|tiedostot|datoteke|fajlovi|failid|fails|faili|bylos|failai|fitxers|fitxategiak|"
    r"fișiere|fisiere|archivi|skrár|файлы|файли|файлове|датотеке|αρχεία|ملفات|קבצים|파일|文件|檔案|ファイル)"
    r"|\.files)",
    re.IGNORECASE,
)
_PAGE_NAME = re.compile(r"(?P<stem>.+)\.(?:[xs]?html?|xht|php\d?|aspx?|jsp|cgi)", re.IGNORECASE)


def leftover_kind(name: str) -> str | None:
    """Return what kind of leftover a file or folder of this name is, in a word or two; None if it may be an article."""
    if _SYSTEM.fullmatch(name):
        return "system file"
    if _LOCK.fullmatch(name):
        return "lock file"
    if _BACKUP.fullmatch(name):
        return "backup copy"
    return "unfinished download" if _UNFINISHED.fullmatch(name) else None


def page_names(names: Iterable[str]) -> frozenset[str]:
    """Return the names of the saved pages among some files, case-folded, with and without suffix, to match folders."""
    pages = [match for name in names if (match := _PAGE_NAME.fullmatch(name))]
    return frozenset(_folded(name) for match in pages for name in (match[0], match["stem"]))


def belongs_to_page(folder: str, pages: frozenset[str]) -> bool:
    """Return whether a folder of this name contains what a browser saved with one of these pages (see `page_names`)."""
    match = _PAGE_FOLDER.fullmatch(unicodedata.normalize("NFC", folder))
    return match is not None and _folded(match["page"]) in pages


def _folded(name: str) -> str:
    """A name in one spelling: macOS decomposes letters, and Windows ignores case."""
    return unicodedata.normalize("NFC", name).casefold()
