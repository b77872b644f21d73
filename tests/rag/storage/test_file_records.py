"""What identifies the contents of a file, as it is stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.loading.containers.limits import Limits
from rag.storage.file_records import FileFingerprint

HASH = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "fingerprint"),
    [
        (HASH, FileFingerprint(HASH)),
        (f"{HASH} {HASH}", FileFingerprint(HASH, sidecar_sha256=HASH)),
        (
            f"{HASH} [('text', 'Volltext Limits(a]')]",
            FileFingerprint(HASH, columns="[('text', 'Volltext Limits(a]')]"),
        ),
        (f"{HASH} {HASH} {Limits()}", FileFingerprint(HASH, sidecar_sha256=HASH, limits=str(Limits()))),
        ("not a hash", FileFingerprint("not a hash")),
    ],
)
def test_a_fingerprint_is_read_as_it_was_written(text: str, fingerprint: FileFingerprint) -> None:
    """Also as earlier versions wrote it, so that no file is read again for the new version."""
    assert FileFingerprint.parse(text) == fingerprint
    assert str(fingerprint) == text


@given(
    st.sampled_from(["", HASH]),
    st.dictionaries(st.sampled_from(["title", "text"]), st.text()),
    st.sampled_from(["", str(Limits())]),
)
def test_columns_may_have_any_name(sidecar: str, columns: dict[str, str], limits: str) -> None:
    """A column of a table can be called like anything else in a fingerprint."""
    written = FileFingerprint(HASH, sidecar, str(sorted(columns.items())), limits)
    assert FileFingerprint.parse(str(written)) == written
