"""Archives are opened within limits: whatever they contain, memory, time and disk are safe."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from bad_files.archives import overlapping, packed, zipped
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import LoadError
from rag.loading.common.draft import Flaw
from rag.loading.common.safe_names import safe_path
from rag.loading.containers.archives import Member, Skipped, archive_members
from rag.loading.containers.limits import Limits, limited_gunzip

TEXT = "Die Brücke bleibt gesperrt.".encode()
TOO_MUCH = "It unpacks to far more than its own size, or contains too many files: unpack it by hand."


def names(raw: bytes, name: str = "a.zip", limits: Limits | None = None) -> list[str]:
    """The names of all members; those of flaws with an exclamation mark."""
    members = (member for member in archive_members(raw, name, limits or Limits()) if not isinstance(member, Skipped))
    return [f"!{member.name}" if isinstance(member, Flaw) else member.name for member in members]


@given(st.lists(st.binary(max_size=300), max_size=5), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_what_was_zipped_is_unzipped(contents: list[bytes], method: int) -> None:
    """What the standard library packs comes out byte by byte, in its order."""
    raw = zipped([(f"{number}.txt", b"a" + content) for number, content in enumerate(contents)], method)
    members = [member for member in archive_members(raw, "a.zip") if isinstance(member, Member)]
    texts = [member for member in members if member.kind == "text"]
    assert len(members) == len(contents)
    assert [member.raw for member in texts] == [b"a" + content for content in contents]


def test_a_file_that_is_packed(tmp_path: Path) -> None:
    """A .gz contains one file, named after it without .gz, on disk and in memory, in one part or several."""
    path = tmp_path / "bericht.md.gz"
    path.write_bytes(gzip.compress(TEXT) + gzip.compress(TEXT))
    assert list(archive_members(path, path.name)) == [Member("bericht.md", "markdown", TEXT * 2)]
    assert list(archive_members(path.read_bytes(), path.name)) == list(archive_members(path, path.name))


def test_archives_in_archives() -> None:
    """They are opened, and their names say where a file lies; at some depth it is enough."""
    inner = zipped([("c.txt", TEXT)])
    third = zipped([("b.txt", TEXT), ("deep/in.zip", zipped([("d.zip", inner), ("e.txt", TEXT)]))])
    raw = zipped([("a.txt.gz", packed(TEXT)), ("in.zip", third)])
    assert names(raw) == ["a.txt", "in.zip/b.txt", "!in.zip/deep/in.zip/d.zip", "in.zip/deep/in.zip/e.txt"]


def test_names_that_lead_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are shown as names below the archive, none twice, and nothing is written anywhere."""
    monkeypatch.chdir(tmp_path)
    wild = ("../../x.txt", "/x.txt", "C:\\y.txt", "a/../b.txt", "./a/b.txt", "\x1b[31m\u202ez.txt")
    assert names(zipped([(name, TEXT) for name in wild])) == [
        "x.txt",
        "x.txt (2)",
        "y.txt",
        "a/b.txt",
        "a/b.txt (2)",
        "\ufffd[31m\ufffdz.txt",
    ]
    assert list(tmp_path.iterdir()) == []


@given(st.text())
def test_safe_paths(name: str) -> None:
    """No name leads up, to a root, or to another line; making it safe twice changes nothing."""
    safe = safe_path(name)
    assert ".." not in safe.split("/")
    assert not safe.startswith("/")
    assert safe_path(safe) == safe
    assert not set(safe) & set("\\\n\r\x1b\u202e")


def test_what_is_left_aside() -> None:
    """Skipped are hidden files, those of macOS, a README, links, folders, and files that cannot contain articles."""
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO(zipped([(name, TEXT) for name in ("README.md", ".a.txt", "__MACOSX/._b.txt", ".git/c.txt", "d/")]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("e.jpg", b"\xff\xd8\xff\xe0\0\0")
        archive.writestr("f.txt", TEXT)
    assert names(out.getvalue()) == ["f.txt"]


def test_names_of_macos() -> None:
    """Names in UTF-8 without the mark that they are, as macOS writes them, come out right."""
    raw = zipped([("Uxber.txt", TEXT)]).replace(b"Uxber", "Über".encode())
    assert names(raw) == ["Über.txt"]


def _with_byte(raw: bytes, local: int, central: int, value: int) -> bytes:
    """An archive of which one byte of the first member's two headers is another."""
    modified = bytearray(raw)
    modified[local] = modified[modified.index(b"PK\x01\x02") + central] = value
    return bytes(modified)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (_with_byte(zipped([("a.txt", TEXT), ("b.txt", TEXT)]), 6, 8, 1), "It is encrypted: unpack it by hand"),
        (_with_byte(zipped([("a.txt", TEXT), ("b.txt", TEXT)]), 8, 10, 97), "Its compression method is not supported"),
        (zipped([("a.txt", TEXT), ("b.txt", TEXT)], 0).replace(TEXT, TEXT.upper(), 1), "It is damaged: save it again"),
        (_with_byte(zipped([("a.txt", TEXT), ("b.txt", TEXT)]), 0, 0, 1), "It cannot be opened as an archive"),
    ],
)
def test_one_bad_member(raw: bytes, reason: str) -> None:
    """An encrypted, an unreadable and a damaged member are one flaw each, and the others are read."""
    flaw, *others = archive_members(raw, "a.zip")
    assert isinstance(flaw, Flaw) and reason in flaw.reason
    assert [content.name for content in others] == (["b.txt"] if flaw.name else [])


@pytest.mark.parametrize("cut", [1, 5, 20, 60])
def test_a_packed_file_that_breaks_off(cut: int) -> None:
    """It is a flaw and no shorter article."""
    raw = packed(TEXT * 50)
    assert names(raw[:-cut], "a.txt.gz") == ["!a.txt"]
    assert names(raw[:-6] + b"\0" + raw[-5:], "a.txt.gz") == ["!a.txt"]


ZEROS = zipped([("a.txt", bytes(19_000_000))])


@pytest.mark.parametrize(
    ("raw", "name", "last"),
    [
        (packed(bytes(30_000_000)), "a.txt.gz", "!a.txt"),
        (packed(packed(bytes(30_000_000))), "a.txt.gz.gz", "!a.txt"),
        (zipped([("a.txt", bytes(30_000_000)), ("b.txt", TEXT)]), "a.zip", "b.txt"),
        (zipped([(f"{number}.zip", ZEROS) for number in range(9)]), "a.zip", "!8.zip"),
        (overlapping(ZEROS, 1000), "a.zip", "!"),
        (zipped([("in.zip", overlapping(ZEROS, 1000)), ("b.txt", TEXT)]), "a.zip", "b.txt"),
    ],
    ids=["one", "twice", "member", "nested", "shared", "nested and shared"],
)
def test_bombs(raw: bytes, name: str, last: str) -> None:
    """Endless zeros are refused quickly once there are too many, and the files after them are read."""
    start_time = time.process_time()
    assert names(raw, name)[-1].startswith(last)
    assert time.process_time() - start_time < 20


def test_memory_of_a_bomb() -> None:
    """Of 19 GB that an archive would unpack to, no more than a few members are held at once."""
    tracemalloc.start()
    try:
        names(overlapping(ZEROS, 1000))
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_limits() -> None:
    """Each limit applies to the exact byte and member."""
    three = zipped([(f"{number}.txt", TEXT) for number in range(3)])
    size = len(TEXT)
    assert names(three, limits=Limits(max_bytes=size)) == ["0.txt", "1.txt", "2.txt"]
    assert names(three, limits=Limits(max_bytes=size - 1)) == ["!0.txt", "!1.txt", "!2.txt"]
    assert names(three, limits=Limits(members=3)) == ["0.txt", "1.txt", "2.txt"]
    assert names(three, limits=Limits(members=2)) == ["!"]
    assert names(three, limits=Limits(total_bytes=3 * size)) == ["0.txt", "1.txt", "2.txt"]
    assert names(three, limits=Limits(total_bytes=3 * size - 1)) == ["0.txt", "1.txt", "!"]
    squeezed = zipped([("a.txt", b"a" * 100_000)])
    limits = Limits(many_bytes=1000, ratio=100_000 // len(squeezed))
    assert names(squeezed, limits=limits) == ["!"]
    assert names(squeezed, limits=Limits(many_bytes=1000, ratio=limits.ratio + 1)) == ["a.txt"]


def test_a_list_without_end() -> None:
    """A list of members that is said to be huge, or is, is not read into memory."""
    raw = bytearray(zipped([("a.txt", TEXT)]))
    raw[-10:-6] = b"\xff\xff\xff\x7f"
    assert names(bytes(raw)) == ["!"]
    many = zipped([(f"{number}.txt", b"") for number in range(300)])
    assert names(many, limits=Limits(members=299)) == ["!"]


def test_a_table_in_a_packed_file() -> None:
    """A table that is too large for a member is read as a stream; damage and too many bytes raise an error there."""
    raw = packed(TEXT * 10)
    assert limited_gunzip(io.BytesIO(raw)).read() == TEXT * 10
    with pytest.raises(LoadError, match="It is damaged"):
        limited_gunzip(io.BytesIO(raw[:-5])).read()
    with pytest.raises(LoadError, match="It has more than"):
        limited_gunzip(io.BytesIO(packed(bytes(3_000_000))), Limits(many_bytes=2_000_000)).read()


def test_a_table_in_an_archive() -> None:
    """Files with many articles may be larger than one article."""
    raw = zipped([("a.jsonl", b'{"text": "a"}\n' * 100), ("a.txt", b"a" * 1400)])
    assert names(raw, limits=Limits(max_bytes=1000)) == ["a.jsonl", "!a.txt"]


def test_what_is_none(tmp_path: Path) -> None:
    """A file that is not an archive, or cannot be read, is one flaw; an empty archive is none."""
    assert names(b"PK\x03\x04" + bytes(100)) == ["!"]
    assert names(TEXT) == ["!"]
    assert names(zipped([])) == []
    (flaw,) = archive_members(tmp_path / "none.zip", "none.zip")
    assert flaw == Flaw(
        "", "It cannot be read (No such file or directory): check that it is there and that you may read it."
    )
