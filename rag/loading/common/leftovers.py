"""What programs leave beside articles: lock files, backup copies, the pictures and scripts of a saved page."""

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
# what browsers in many languages, and the shell of Windows, which moves the folder with its page, put behind the name
_FOLDER = re.compile(
    r"(?P<page>.+)(?:"
    r"[_-](?:dateien|filer)|_(?:files?|fichiers|archivos|ficheros|arquivos|ficheiros|bestanden|pliki|soubory|súbory|subory|"
    r"elemei|fájlok|fajlok|dosyalar|tiedostot|datoteke|fajlovi|failid|fails|faili|bylos|failai|fitxers|fitxategiak|"
    r"fișiere|fisiere|archivi|skrár|файлы|файли|файлове|датотеке|αρχεία|ملفات|קבצים|파일|文件|檔案|ファイル)"
    r"|\.files)",
    re.IGNORECASE,
)
_PAGE = re.compile(r"(?P<stem>.+)\.(?:[xs]?html?|xht|php\d?|aspx?|jsp|cgi)", re.IGNORECASE)


def leftover_kind(name: str) -> str | None:
    """Return what a program left a file or folder of this name for, in a word or two; None if it may be an article."""
    if _SYSTEM.fullmatch(name):
        return "system file"
    if _LOCK.fullmatch(name):
        return "lock file"
    if _BACKUP.fullmatch(name):
        return "backup copy"
    return "unfinished download" if _UNFINISHED.fullmatch(name) else None


def page_names(names: Iterable[str]) -> frozenset[str]:
    """Return what the saved pages among some files are called, with and without the ending, to compare folders with."""
    pages = [match for name in names if (match := _PAGE.fullmatch(name))]
    return frozenset(_same(name) for match in pages for name in (match[0], match["stem"]))


def belongs_to_page(folder: str, pages: frozenset[str]) -> bool:
    """Tell whether a folder of this name holds what a browser saved with one of the pages beside it."""
    match = _FOLDER.fullmatch(unicodedata.normalize("NFC", folder))
    return match is not None and _same(match["page"]) in pages


def _same(name: str) -> str:
    """A name in one spelling: macOS takes letters apart, and Windows tells no capitals from small letters."""
    return unicodedata.normalize("NFC", name).casefold()
