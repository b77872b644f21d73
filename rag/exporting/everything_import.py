"""A folder of plain files → a new archive: the same articles, passages and ids; vectors are encoded again."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from embeddings.permissions import make_file, make_folder
from embeddings.types import OnStep
from rag.errors import FundstelleError
from rag.evaluation.runs.run_store import RunStore
from rag.exporting.everything import (
    CHECKSUMS,
    FORMAT,
    FORMAT_VERSION,
    HEAD,
    SOURCES,
    Counts,
    sha256_of,
    table_file,
)
from rag.indexing.plain_import import import_plain_rows
from rag.storage.dossier_records import DossierRecords
from rag.storage.feedback_records import FeedbackRecords
from rag.storage.history_records import HistoryRecords
from rag.storage.locks import INDEXING_LOCK
from rag.storage.plain_rows import PlainRow
from rag.storage.plain_tables import PLAIN_TABLES, PlainTable
from rag.storage.saved_records import SavedRecords
from rag.storage.sqlite_database import DATABASE
from rag.storage.state_file import SUFFIX
from rag.storage.store import Store
from rag.storage.whole_folder import whole_folder

_MAX_HEAD_BYTES = 100_000
_NO_EXPORT = "{folder} is no exported archive: give a folder that `fundstelle export --everything` wrote."
_CHANGED = "{folder} is not what was exported ({problem}): use another copy."
_NEWER = "{folder} was exported by a newer Fundstelle ({program}): upgrade with `pip install --upgrade fundstelle`."


def import_everything(
    source: Path,
    folder: Path,
    *,
    encoder_name: str | None = None,
    on_step: OnStep | None = None,
    on_passages: Callable[[int, int], None] = lambda _, __: None,
) -> Counts:
    """Make an archive in a new or empty folder from exported files; return how many rows each table has.

    All checksums are compared before anything is made. The archive appears when it is complete.

    Args:
        source: a folder that `export_everything` wrote.
        encoder_name: what encodes the passages, if not what encoded them before.
        on_step: called while the encoder is prepared.
        on_passages: called with the number of passages that are encoded, and of all.

    Raises:
        FundstelleError: the files are not what was exported, or there is something in the folder.
        ArchiveError: the encoder cannot be opened.
    """
    counts: Counts = {}
    listed = _listed(source)
    with whole_folder(folder) as made:
        make_file(made / INDEXING_LOCK)
        for name in listed:
            if name.startswith(tuple(f"{folder}/" for folder in SOURCES)):
                make_folder((made / name).parent)
                shutil.copyfile(source / name, made / name)
        store = Store(made / DATABASE)
        try:
            rows_of = partial(_rows, source, counts)
            import_plain_rows(store, made, rows_of, encoder_name=encoder_name, on_step=on_step, on_passages=on_passages)
            _read_back(store)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise _changed(source, (str(error) or type(error).__name__).splitlines()[0]) from error
        finally:
            store.close()
        # it counts the changes of the empty archive
        (made / DATABASE).with_suffix(SUFFIX).unlink(missing_ok=True)
    return counts


def _read_back(store: Store) -> None:
    """Read what people stored, as the program does when it is asked for it.

    Raises:
        ValueError, TypeError, LookupError, AttributeError: something is not what it should be.
    """
    database = store.database
    runs, dossiers = RunStore(database), DossierRecords(database)
    for facts in runs.listing():
        runs.load(facts.name)
    for summary in dossiers.summaries():
        dossiers.dossier(summary.id)
    HistoryRecords(database).page(sys.maxsize)
    SavedRecords(database).all()
    FeedbackRecords(database).questions()
    store.failures.all()
    store.files.all()


def _rows(folder: Path, counts: Counts, table: PlainTable) -> Iterator[PlainRow]:
    """Yield the rows in the file of a table, and count them."""
    counts[table.name] = 0
    with (folder / table_file(table.name)).open(encoding="utf-8", newline="\n") as file:
        for line in file:
            counts[table.name] += 1
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError(f"line {counts[table.name]} of {table.name} is no object")
            yield row


def _changed(folder: Path, problem: str) -> FundstelleError:
    return FundstelleError(_CHANGED.format(folder=folder, problem=problem))


def _listed(folder: Path) -> list[str]:
    """Compare all files with their checksums, and return their names.

    Raises:
        FundstelleError: this is no exported archive, is of a newer version, or a file is missing or has changed.
    """
    _check_head(folder)
    try:
        lines = (folder / CHECKSUMS).read_bytes().decode("utf-8", "surrogateescape").splitlines()
    except OSError as error:
        raise _changed(folder, f"{CHECKSUMS}: {error.strerror}") from error
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in (HEAD, *(table_file(table.name) for table in PLAIN_TABLES)):
        if name not in listed:
            raise _changed(folder, f"{CHECKSUMS} does not name {name}")
    for name, digest in listed.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise _changed(folder, f"{CHECKSUMS} names a file elsewhere")
        try:
            if sha256_of(folder / name) != digest:
                raise _changed(folder, f"{name} was altered")
        except OSError as error:
            raise _changed(folder, f"{name}: {error.strerror}") from error
    return list(listed)


def _check_head(folder: Path) -> None:
    try:
        with (folder / HEAD).open("rb") as file:
            head = json.loads(file.read(_MAX_HEAD_BYTES))
        is_ours = head["format"] == FORMAT
        is_newer = is_ours and int(head["format_version"]) > FORMAT_VERSION
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FundstelleError(_NO_EXPORT.format(folder=folder)) from error
    if not is_ours:
        raise FundstelleError(_NO_EXPORT.format(folder=folder))
    if is_newer:
        raise FundstelleError(_NEWER.format(folder=folder, program=head.get("program")))
