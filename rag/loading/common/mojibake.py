"""Mojibake: UTF-8 that was once decoded in another encoding ("FÃ¼r"), repaired where that is certain."""

from __future__ import annotations

import re

REPAIRED_ORIGIN = "misread letters put right"
"""The entry in `Article.origins` of a text in which mojibake was repaired."""

# characters whose Windows codes are controls elsewhere, except those that as often stand for a bullet
_WINDOWS_SIGNS = {
    code: bytes([code]).decode("cp1252")
    for code in (0x80, 0x82, 0x84, 0x8A, 0x8C, 0x8E, *range(0x91, 0x98), 0x99, 0x9A, 0x9C, 0x9E, 0x9F)
}
# European letters and signs decoded in a Western encoding; a run of them is repaired as a whole
_MOJIBAKE_RUN = re.compile("(?:[ÃÄÅ][^\x00-\x7f]|Â[\xa0-\xbf]|[âï][^\x00-\x7f]{2})+")
_EUROPEAN_CHARACTERS = re.compile("[À-ÖØ-öø-ſ\xa0-¿‐-…‰‹›€™\ufb01\ufb02]+")
# these may follow a capital letter in a correct text: “O AMANHÔ
_MAY_FOLLOW = re.compile("[ÂÃÄÅ][\xa0°»«›‹“”„‘’‚–—…™®•]")
_OPENING_MARKS = tuple("([{„“‚‘«‹»›\"'")
# a line is mojibake as a whole from four lost letters on; in a text with two certain runs, all runs are repaired
_MIN_LETTERS_IN_LINE, _MIN_RUNS_IN_TEXT = 4, 2


def repair_mojibake(text: str) -> str:
    """Return the text with mojibake replaced by the original letters, where that is certain.

    A line with many such letters that decodes as a whole is certain in any script; in other lines, only letters and
    signs of European languages are. Text that may be intended, or is lost, stays as it is.
    """
    if text.isascii():
        return text
    from ftfy.badness import is_bad

    if not is_bad(text):
        return text
    lines = [_repair_line(line) for line in text.split("\n")]
    return _repair_runs("\n".join(lines)).translate(_WINDOWS_SIGNS)


def _repair_line(line: str) -> str:
    from ftfy import TextFixerConfig, fix_encoding
    from ftfy.badness import is_bad

    config = TextFixerConfig(restore_byte_a0=False, replace_lossy_sequences=False, decode_inconsistent_utf8=False)
    fixed = fix_encoding(line, config)
    is_certain = min(len(line) - len(fixed), sum(not letter.isascii() for letter in fixed)) >= _MIN_LETTERS_IN_LINE
    return fixed if is_certain and not is_bad(fixed) else line


def _repair_runs(text: str) -> str:
    repairs = [(run, fixed) for run in _MOJIBAKE_RUN.finditer(text) if (fixed := _decode_run(run[0]))]
    certainties = [_is_certain(run) for run, _ in repairs]
    if sum(certainties) >= _MIN_RUNS_IN_TEXT:
        certainties = [True] * len(repairs)
    pieces, at = [], 0
    for (run, fixed), is_certain in zip(repairs, certainties, strict=True):
        if is_certain:
            pieces += [text[at : run.start()], fixed]
            at = run.end()
    return "".join([*pieces, text[at:]])


def _decode_run(run: str) -> str | None:
    """The letters that a run was made from, or None."""
    import ftfy.bad_codecs  # noqa: F401 - registers encodings for codes that Windows does not define

    for encoding in ("sloppy-windows-1252", "latin-1"):
        try:
            fixed = run.encode(encoding).decode()
        except UnicodeError:
            continue
        # text may have been misread twice
        return (_decode_run(fixed) or fixed) if _EUROPEAN_CHARACTERS.fullmatch(fixed) else None
    return None


def _is_certain(run: re.Match[str]) -> bool:
    """Whether a run cannot be legitimate text: “Ä“ is a quoted letter, and a capital before a sign may end a word."""
    from ftfy.badness import is_bad

    preceding, following = run.string[: run.start()][-1:], run.string[run.end() :][:1]
    if not is_bad(run[0]) or (preceding in _OPENING_MARKS and not following.isalpha()):
        return False
    return not _MAY_FOLLOW.fullmatch(run[0]) or following.islower() or preceding.islower() or preceding.isdigit()
