"""Plain texts and Markdown: encodings, bytes that are none, front matter that is an attack."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from bad_files.words import CHINESE, ENDINGS, JAPANESE, POLISH, TEXT, UKRAINIAN, noise, page

_UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
_OLD = (("cp1252", TEXT), ("latin-1", TEXT), ("iso8859-15", TEXT), ("mac-roman", TEXT), ("cp437", TEXT))
_OLD += (
    ("cp1250", POLISH),
    ("cp1251", UKRAINIAN),
    ("koi8-u", UKRAINIAN),
    ("gb18030", CHINESE),
    ("shift-jis", JAPANESE),
)
_ESCAPE = b"\x1b]0;pwned\x07\x1b[2J"


def files() -> Iterator[tuple[str, bytes, str]]:
    """Yield the name, the bytes and what is expected of each."""
    for encoding in _UNICODE:
        # UTF-32 is known to few readers
        expected = "either" if encoding == "utf-32" else "taken"
        yield f"{encoding}.txt", TEXT.encode(encoding), expected
        yield f"{encoding}.md", f"# Titel\n\n{TEXT}".encode(encoding), expected
    for encoding, text in _OLD:
        yield f"{encoding}.txt", text.encode(encoding), "taken"
    for ending in ENDINGS:
        yield f"empty.{ending}", b"", "refused"
        yield f"blank.{ending}", b" \n\t\r\n" * 3, "refused"
        yield f"zeros.{ending}", bytes(5000), "refused"
        yield f"noise.{ending}", noise(5000, len(ending)), "refused"
    yield from _texts()
    yield from _front_matter()
    yield from _markdown()


def _texts() -> Iterator[tuple[str, bytes, str]]:
    raw = TEXT.encode()
    yield "a_zero.txt", raw[:100] + b"\0" + raw[100:], "either"
    yield "steering.txt", _ESCAPE + raw, "taken"
    yield "marks_only.txt", codecs.BOM_UTF8, "refused"
    yield "two_marks.txt", codecs.BOM_UTF8 * 2 + raw, "taken"
    yield "wrong_mark.txt", codecs.BOM_UTF16_LE + raw, "either"
    yield "odd_utf16.txt", TEXT.encode("utf-16")[:-1], "refused"
    yield "half_a_pair.txt", codecs.BOM_UTF16_LE + b"\x00\xd8" + TEXT.encode("utf-16-le"), "refused"
    yield "mixed_encodings.txt", raw + b"\n" + TEXT.encode("latin-1"), "either"
    yield "cut_character.txt", raw[: raw.index("ü".encode()) + 1], "either"
    yield "overlong.txt", raw + b"\xc0\xaf\xe0\x80\xaf", "either"
    yield "surrogates.txt", raw + b"\xed\xa0\x80", "either"
    yield "old_mac.txt", TEXT.replace(". ", ".\r").encode(), "taken"
    yield "separators.txt", TEXT.replace(" ", "\u2028").encode(), "taken"
    yield "no_letters.txt", b"--- *** ... !!!\n" * 50, "refused"
    yield "one_letter.txt", b"a", "either"
    yield "one_line.txt", (TEXT * 2000).replace("\n", " ").encode(), "taken"
    yield "one_word.txt", b"a" * 1_000_000, "either"
    yield "marks_upon_marks.txt", ("Za" + "\u0301" * 50_000 + TEXT).encode(), "taken"
    yield "right_to_left.txt", ("\u202e" + TEXT).encode(), "taken"
    yield "a_picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise(500, 1), "refused"
    yield "a_program.txt", b"\x7fELF" + bytes(50) + noise(500, 2), "refused"
    yield "a_page.txt", page().encode(), "taken"
    yield "a_page_of.md", page().encode(), "taken"
    yield "a_page.pdf", page().encode(), "taken"
    yield "a_text.pdf", raw, "refused"
    yield "a_text.zip", raw, "refused"
    yield "a_text.gz", raw, "refused"
    yield "no_ending", raw, "either"
    yield "a_program.exe", b"MZ" + noise(500, 3), "refused"
    yield "a_picture.jpg", b"\xff\xd8\xff\xe0" + noise(500, 4), "refused"


def _front_matter() -> Iterator[tuple[str, bytes, str]]:
    laughs = "a: &a [x,x]\n" + "".join(
        f"{one}: &{one} [{','.join([f'*{other}'] * 9)}]\n" for one, other in zip("bcdefghi", "abcdefgh", strict=True)
    )
    blocks = {
        "aliases": (f"{laughs}title: *i", "refused"),
        "nested": ("title: " + "[" * 3000, "refused"),
        "nested_deeper": ("title: " + "[" * 100_000, "refused"),
        "colon": ("title: Flut: der Pegel: fällt", "refused"),
        "objects": ("title: !!python/object/apply:os.system ['echo pwned']", "either"),
        "no_day": ("title: T\ndate: 2024-02-30", "taken"),
        "far_day": ("title: T\ndate: 999999999-01-01", "taken"),
        "a_list": ("title: [A, {B: C}]", "taken"),
        "a_number": ("title: 1e999", "taken"),
        "steering": ('title: "\\e[31mRot\\x07\\nzwei"', "taken"),
        "twice": ("title: A\ntitle: B", "taken"),
        "tabs": ("title:\tA\n\tdate: x", "either"),
        "no_mapping": ("title: x\n- a", "either"),
    }
    for name, (block, expected) in blocks.items():
        yield f"front_{name}.md", f"---\n{block}\n---\n\n{TEXT}".encode(), expected
    yield "front_never_ends.md", f"---\ntitle: T\n\n{TEXT}".encode(), "taken"
    yield "front_alone.md", b"---\ntitle: T\n---\n", "refused"
    yield "front_many_rules.md", b"---\n" * 20_000 + TEXT.encode(), "either"


def _markdown() -> Iterator[tuple[str, bytes, str]]:
    for name, mark in {
        "quotes": "> ",
        "lists": "- ",
        "brackets": "[",
        "stars": "*a ",
        "images": "![",
        "ticks": "`",
    }.items():
        yield f"many_{name}.md", f"{mark * 3000}{TEXT}\n\n{TEXT}".encode(), "either"
    yield "links.md", (b"[a](<b" * 5000) + TEXT.encode(), "either"
    yield "references.md", b"[a]: x\n" * 5000 + TEXT.encode(), "either"
    yield "table.md", b"|a" * 5000 + b"|\n" + b"|-" * 5000 + b"|\n" + b"|x\n" * 300, "either"
