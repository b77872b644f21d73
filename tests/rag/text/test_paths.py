"""Paths in both Unicode forms, against what the file system holds."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.search.filters import make_filter
from rag.text.paths import DEFAULT_ARCHIVE, index_command, is_missing, spellings

NAME, FOLDER = "Größe Übung.txt", "Café"


@given(st.lists(st.text("aéöü가", min_size=1, max_size=3), min_size=1, max_size=4), st.data())
def test_every_mixture_of_both_forms_is_a_spelling(parts: list[str], data: st.DataObject) -> None:
    """However each part of a path is composed, it is among the spellings of the path that somebody types."""
    form = st.sampled_from(["NFC", "NFD"])
    on_disk, typed = ("/".join(unicodedata.normalize(data.draw(form), part) for part in parts) for _ in range(2))
    assert on_disk in spellings(typed)


def test_a_path_of_very_many_accents_has_few_spellings() -> None:
    """2 to the power of 200 would never end; both pure forms and the typed one are there."""
    typed = "/".join(["é"] * 200)
    assert spellings(typed) == [typed, unicodedata.normalize("NFD", typed)]


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
def test_a_file_is_found_by_either_form(tmp_path: Path, encoder: Encoder, on_disk: str, typed: str) -> None:
    """By the filter, by `show` and by `forget`; the folder above is in the form that the file is not."""
    other = {"NFC": "NFD", "NFD": "NFC"}[on_disk]
    folder = tmp_path / unicodedata.normalize(other, FOLDER)  # type: ignore[arg-type]
    folder.mkdir()
    file = folder / unicodedata.normalize(on_disk, NAME)  # type: ignore[arg-type]
    file.write_text("Der Deichgraf von Altmoor hat am Montag die Schleuse Nord besichtigt.", encoding="utf-8")
    as_typed = unicodedata.normalize(typed, f"{FOLDER}/{NAME}")  # type: ignore[arg-type]
    with Archive.open(tmp_path / "archive", encoder=encoder) as archive:
        archive.index([folder])
        filter = make_filter(paths=[as_typed])
        assert len(archive.ask("Wer hat die Schleuse besichtigt?", filter=filter).citations) == 1
        assert archive.article(as_typed).path == str(file)
        assert archive.article(as_typed[:-6].upper()).path == str(file)
        assert archive.forget([tmp_path / as_typed]) == 1


def test_only_what_is_certainly_gone_is_missing(tmp_path: Path) -> None:
    """A file, a link to nowhere and a name too long for the system are not; a path below a file is."""
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch()
    link.symlink_to(tmp_path / "nowhere")
    assert [is_missing(path) for path in (file, link, tmp_path / ("x" * 5000))] == [False, False, False]
    assert [is_missing(path) for path in (tmp_path / "nowhere", file / "below")] == [True, True]


def test_an_empty_archive_names_the_command_that_fills_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command can be typed as it is: it names the archive that is open, and none where every command means it."""
    monkeypatch.chdir(tmp_path)
    for folder, command in ((DEFAULT_ARCHIVE, "index FOLDER"), (Path("Büro 2"), "index FOLDER --archive 'Büro 2'")):
        assert index_command(folder) == f"fundstelle {command}"
        with Archive.open(folder) as archive:
            assert archive.ask("Wer?").reason.endswith(f"`fundstelle {command}`.")
