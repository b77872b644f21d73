"""Letters of UTF-8 that were once read in another encoding ("FÃ¼r"), put right where that is certain."""

from __future__ import annotations

import re

REPAIRED_ORIGIN = "misread letters put right"
"""What `Article.origins` says of a text in which letters were repaired."""

# the signs for which Windows has codes that are controls elsewhere, but for those that as often stand for a bullet
_OF_WINDOWS = {
    code: bytes([code]).decode("cp1252")
    for code in (0x80, 0x82, 0x84, 0x8A, 0x8C, 0x8E, *range(0x91, 0x98), 0x99, 0x9A, 0x9C, 0x9E, 0x9F)
}
# what a Western encoding makes of letters and signs of European languages; a run of them is taken at once
_RUN = re.compile("(?:[ÃÄÅ][^\x00-\x7f]|Â[\xa0-\xbf]|[âï][^\x00-\x7f]{2})+")
_EUROPEAN = re.compile("[À-ÖØ-öø-ſ\xa0-¿‐-…‰‹›€™\ufb01\ufb02]+")
# these may follow a capital letter in a correct text: “O AMANHÔ
_MAY_FOLLOW = re.compile("[ÂÃÄÅ][\xa0°»«›‹“”„‘’‚–—…™®•]")
_OPENING = tuple("([{„“‚‘«‹»›\"'")
# so many letters tell that a line, or a text, was read in another encoding as a whole
_OF_LINE, _OF_TEXT = 4, 2


def repair_mojibake(text: str) -> str:
    """Return the text with letters in place of what was made of them by a wrong encoding, where that is certain.

    A line that is UTF-8 as a whole, with many letters, is certain in every script; of other lines, letters and signs
    of European languages are. What may be meant, or is lost, stays as it is.
    """
    if text.isascii():
        return text
    from ftfy.badness import is_bad

    if not is_bad(text):
        return text
    lines = [_line_repaired(line) for line in text.split("\n")]
    return _runs_repaired("\n".join(lines)).translate(_OF_WINDOWS)


def _line_repaired(line: str) -> str:
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import is_bad

    whole = TextFixerConfig(restore_byte_a0=False, replace_lossy_sequences=False, decode_inconsistent_utf8=False)
    fixed = fix_encoding(line, whole)
    enough = min(len(line) - len(fixed), sum(not letter.isascii() for letter in fixed)) >= _OF_LINE
    return fixed if enough and not is_bad(fixed) else line


def _runs_repaired(text: str) -> str:
    found = [(run, fixed) for run in _RUN.finditer(text) if (fixed := _decoded(run[0]))]
    certain = [_is_certain(run) for run, _ in found]
    if sum(certain) >= _OF_TEXT:
        certain = [True] * len(found)
    pieces, at = [], 0
    for (run, fixed), sure in zip(found, certain, strict=True):
        if sure:
            pieces += [text[at : run.start()], fixed]
            at = run.end()
    return "".join([*pieces, text[at:]])


def _decoded(run: str) -> str | None:
    """The letters that a run was made of, if it was."""
    import ftfy.bad_codecs  # noqa: F401 - knows what programs make of codes that Windows does not have

    for encoding in ("sloppy-windows-1252", "latin-1"):
        try:
            fixed = run.encode(encoding).decode()
        except UnicodeError:
            continue
        # what was misread twice is read twice
        return (_decoded(fixed) or fixed) if _EUROPEAN.fullmatch(fixed) else None
    return None


def _is_certain(run: re.Match[str]) -> bool:
    """Tell whether nobody writes so: “Ä“ is a letter in quotes, and a capital before a sign may end a word."""
    from ftfy.badness import is_bad

    before, after = run.string[: run.start()][-1:], run.string[run.end() :][:1]
    if not is_bad(run[0]) or (before in _OPENING and not after.isalpha()):
        return False
    return not _MAY_FOLLOW.fullmatch(run[0]) or after.islower() or before.islower() or before.isdigit()
