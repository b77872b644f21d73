"""Files → store: only what is new or changed, one transaction an article, what is gone removed."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from rag.config import Config
from rag.errors import LoadError, NotFound
from rag.loading import LOADERS, VERSION, load, read_file
from rag.splitting import encoder_input, split
from rag.store import EncoderRecord, HalfVectors, Store, input_hash
from rag.types import Article, Failure, IndexReport, Passage, Progress

OnProgress = Callable[[Progress], None]

# passages that are encoded together: enough for full batches, little enough to lose by an interruption
_BATCH = 256


@dataclass(slots=True)
class Found:
    """The files below some paths: those to load, and what hides or is left aside."""

    files: list[Path] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    unreadable: list[Path] = field(default_factory=list)


def find_files(paths: Sequence[Path]) -> Found:
    """List the files that can be articles, folders recursively, in the order of their names.

    Hidden files and folders are left aside, and so is a README, which speaks of a folder and is no article.

    Raises:
        NotFound: a path does not exist, or a folder holds no file that can be an article.
    """
    found = Found()
    seen: set[Path] = set()
    for path in paths:
        # the absolute path without links followed: that is where its owner looks for it
        path = Path(os.path.abspath(path))  # noqa: PLW2901, PTH100
        if path.is_dir():
            found.folders.append(path)
            files = list(_walk(path, found))
        elif path.exists():
            files = [path]
        else:
            raise NotFound(f"{path} does not exist: check the spelling, or index the folder that it was in.")
        for file in files:
            if file in seen:
                continue
            seen.add(file)
            if file.suffix.lower() in LOADERS:
                found.files.append(file)
            elif path.is_dir():
                found.skipped[file.suffix.lower() or "no ending"] += 1
            else:
                kinds = ", ".join(LOADERS)
                found.failures.append(
                    Failure(str(file), f"Files of this kind cannot be read: save it as one of {kinds}.")
                )
    return found


def _walk(folder: Path, found: Found) -> Iterator[Path]:
    def report(error: OSError) -> None:
        where = Path(error.filename or folder)
        found.unreadable.append(where)
        found.failures.append(
            Failure(str(where), f"The folder cannot be read ({error.strerror}): check its permissions.")
        )

    for parent, folders, files in os.walk(folder, onerror=report):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).stem.upper() != "README":
                yield Path(parent, name)


class Indexer:
    """Brings a store in step with files: what is being counted, and the articles that wait for their vectors.

    Use it for one run.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        encoder_name: str,
        config: Config,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._encoder_name = encoder_name
        self._config = config
        self._on_progress = on_progress
        self._recipe = f"loaders {VERSION}, {config}, encoder {encoder.fingerprint}"
        self._started = time.perf_counter()
        self._waiting: list[tuple[Article, list[tuple[Passage, bytes]]]] = []
        self._inputs: dict[bytes, str] = {}
        self._passages = 0
        self._encoded = 0
        self._done = 0
        self._total = 0

    def index(self, paths: Sequence[Path]) -> IndexReport:
        """Bring the store in step with the files below `paths`.

        A file whose bytes are known is not read again. A text that has a vector is not encoded again. Articles
        whose files are gone from the given folders are removed. A file that cannot be taken is reported, and
        what was stored of it before stays. Whenever this is interrupted, what is stored is whole, and the same
        call goes on from there.

        Raises:
            NotFound: a path does not exist, or there is no article below it.
            ArchiveError: the store cannot be written.
        """
        found = find_files(paths)
        known = self._store.known_files()
        gone = _gone(known, found)
        if not found.files and not found.failures:
            raise NotFound(_nothing_there(found, len(gone)))
        self._total = len(found.files)
        self._switch_encoder()
        failures = list(found.failures)
        counts: Counter[str] = Counter()
        for file in found.files:
            try:
                kind = self._take(file, known.get(file.as_posix()))
            except LoadError as error:
                failures.append(Failure(str(file), str(error)))
                kind = "failed"
            counts[kind] += 1
            if kind in ("failed", "unchanged"):
                self._report_done(1)
        self._store_waiting()
        for path in gone:
            self._store.remove(path)
        return IndexReport(
            new=counts["new"],
            changed=counts["changed"],
            unchanged=counts["unchanged"],
            removed=len(gone),
            failures=tuple(failures),
            skipped=dict(found.skipped.most_common()),
            passages_encoded=self._encoded,
            seconds=time.perf_counter() - self._started,
        )

    def _take(self, file: Path, known: tuple[str, str] | None) -> str:
        raw = read_file(file)
        if known == (hashlib.sha256(raw).hexdigest(), self._recipe):
            return "unchanged"
        article = load(file, raw)
        passages = split(article, self._encoder.count_tokens, self._config)
        hashed = []
        for passage in passages:
            text = encoder_input(article, passage)
            self._inputs[input_hash(text)] = text
            hashed.append((passage, input_hash(text)))
        self._waiting.append((article, hashed))
        if len(self._inputs) >= _BATCH:
            self._store_waiting()
        return "changed" if known else "new"

    def _store_waiting(self) -> None:
        vectors = self._vectors(self._inputs)
        for article, passages in self._waiting:
            own = {hashed: vectors[hashed] for _, hashed in passages if hashed in vectors}
            self._store.put(article, self._recipe, passages, self._encoder.fingerprint, own)
            self._passages += len(passages)
            self._report_done(1)
        self._waiting.clear()
        self._inputs.clear()

    def _vectors(self, inputs: Mapping[bytes, str]) -> dict[bytes, HalfVectors]:
        """Encode the texts that have no vector yet."""
        there = self._store.hashes_with_vector(self._encoder.fingerprint, list(inputs))
        missing = [hashed for hashed in inputs if hashed not in there]
        if not missing:
            return {}
        encoded = self._encoder.encode_passages([inputs[hashed] for hashed in missing]).astype(np.float16)
        self._encoded += len(missing)
        return dict(zip(missing, encoded, strict=True))

    def _switch_encoder(self) -> None:
        """Before another encoder's name stands in the archive, every passage gets a vector of it."""
        record = EncoderRecord(self._encoder_name, self._encoder.fingerprint, self._encoder.dim)
        if record == self._store.encoder:
            return
        inputs: dict[bytes, str] = {}
        for article_id in self._store.article_ids():
            article = self._store.article(article_id)
            texts = [encoder_input(article, passage) for passage in self._store.passages(article)]
            inputs.update((input_hash(text), text) for text in texts)
            if len(inputs) >= _BATCH:
                self._store.put_vectors(record.fingerprint, self._vectors(inputs))
                inputs.clear()
        self._store.put_vectors(record.fingerprint, self._vectors(inputs))
        self._store.set_encoder(record)

    def _report_done(self, articles: int) -> None:
        self._done += articles
        if self._on_progress:
            seconds = time.perf_counter() - self._started
            self._on_progress(Progress(self._done, self._total, self._passages, seconds))


def _gone(known: Mapping[str, tuple[str, str]], found: Found) -> list[str]:
    """Return the paths of stored articles that should be below the folders but are not there any more."""
    present = {file.as_posix() for file in found.files}

    def below(path: Path, folders: Sequence[Path]) -> bool:
        return any(path.is_relative_to(folder) for folder in folders)

    return [
        path
        for path in known
        if path not in present and below(Path(path), found.folders) and not below(Path(path), found.unreadable)
    ]


def _nothing_there(found: Found, gone: int) -> str:
    where = ", ".join(map(str, found.folders))
    kinds = ", ".join(LOADERS)
    if gone:
        return (
            f"{where} holds no article any more, but {gone} came from there: they are kept, in case a disk is not "
            "connected. To remove them, index the folder above, or make a new archive."
        )
    return f"{where} holds no article: put files of these kinds there: {kinds}."
