"""Damages of an archive's files, and whether what is shown afterwards is what was stored."""

from __future__ import annotations

import json
import logging
import os
import pickle
import random
import shutil
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from factories import article_file

from embeddings.encoder import Encoder
from rag.archive import Archive
from rag.article_view import view_article
from rag.errors import FundstelleError
from rag.storage.sqlite_database import DATABASE
from rag.workspace.dossiers import Dossiers

TOPICS = (
    ("Brand im Hafen", "Bei dem Brand in der Lagerhalle am Hafen kamen 134 Menschen ums Leben, sagte die Feuerwehr."),
    ("Neue Brücke", "Die Hubbrücke über den Kattrup kostete 84 Millionen Euro und ersetzt ein Bauwerk von 1934."),
    ("Kleinbahn fährt", "Nach elf Jahren Pause fährt die Kleinbahn zwischen Altenfleth und Moorwerder wieder."),
    ("Deich erhöht", "Der Deich bei Sielhorst wurde um 70 Zentimeter erhöht, weil das Wasser der Nordsee steigt."),
    ("Museum schließt", "Das Heimatmuseum von Ellerbrook schließt im Oktober, denn die Miete hat sich verdoppelt."),
    ("Ernte verregnet", "Die Bauern im Alten Land ernteten 28 Prozent weniger Äpfel, da es im Mai gefroren hatte."),
    ("Bürgermeister tritt zurück", "Jost Behrens trat am Freitag als Bürgermeister zurück, da er Steuern hinterzog."),
    ("Schule geräumt", "Wegen Asbest in der Decke wurde die Gesamtschule mit ihren 812 Kindern geräumt."),
    ("Wolf gesehen", "Ein Wolf wurde in der Heide bei Undeloh gesehen; gerissen hat er bisher neun Schafe."),
    ("Fähre verkauft", "Die Reederei verkauft ihre Fähre nach Estland, wo sie ab März zwischen den Inseln pendelt."),
)  # fmt: skip
OTHER_TOPICS = tuple((f"{title} II", text.replace("ie ", "ie große ")) for title, text in TOPICS)
QUESTIONS = (
    "Wie viele Menschen kamen beim Brand im Hafen ums Leben?",
    "Was kostete die Brücke über den Kattrup?",
    "Who resigned on Friday?",
    "Äpfel Ernte",
    "Wolf -Schafe",
)
DAMAGES = ("flip", "zeros", "noise", "truncate", "empty", "delete", "older", "other")
_BLOCK = 512
_SECONDS = 120


@dataclass(frozen=True)
class Archives:
    """Closed archives of the same articles: whole, as a crash leaves it, as it was earlier, and another one."""

    whole: Path
    crashed: Path
    older: Path
    other: Path
    expected: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done: the seed, the file, the kind of file, and how."""

    seed: int
    kind: str
    how: str
    file: str


def make_archives(folder: Path, encoder: Encoder) -> Archives:
    """Make all of them, and note what they show when nothing is damaged."""
    names = ("whole", "crashed", "grown", "older", "other")
    whole, crashed, grown, older, other = (folder / name for name in names)
    files, others = folder / "articles", folder / "others"
    for target, topics in ((files, TOPICS), (others, OTHER_TOPICS)):
        target.mkdir()
        for number, (title, text) in enumerate(topics):
            name, day = f"{number}.md", f"2021-03-{number + 1:02}"
            (target / name).write_text(article_file(title, day, "Bote", f"{text} {text[:60]}."), encoding="utf-8")
    with Archive.open(whole, encoder=encoder) as archive:
        archive.index([files / f"{number}.md" for number in range(8)])
        _ask_all(archive)
    shutil.copytree(whole, older)
    with Archive.open(whole, encoder=encoder) as archive:
        archive.index([files])
        _ask_all(archive)
        shutil.copytree(whole, grown)
        dossiers = Dossiers(archive)
        article = archive.article("Brand im Hafen")
        dossiers.save(dossiers.make("Hafen"), article.id, (0, 40), QUESTIONS[0])
        archive.correct(article.id, author="Anna Beck", by="test")
        _ask_all(archive)
        shutil.copytree(whole, crashed)
    with Archive.open(other, encoder=encoder) as archive:
        archive.index([others])
        _ask_all(archive)
    archives = Archives(whole, crashed, older, other)
    for source in (whole, grown, older, other):
        archives.expected[source.name] = whole_view = shown(source, encoder)
        assert not whole_view["lines"]
        assert {kind for kind, _ in whole_view["results"].values()} <= {"shown", "refused"}, whole_view
    return archives


def _ask_all(archive: Archive) -> None:
    for question in QUESTIONS:
        archive.ask(question)


def shown(folder: Path, encoder: Encoder) -> dict[str, Any]:
    """Return what an archive shows, by what was asked for: JSON values, or the exception and its sentence."""
    steps: dict[str, Callable[[Archive], Any]] = {
        **{f"ask {question}": lambda archive, question=question: _answer(archive, question) for question in QUESTIONS},
        "filtered": lambda archive: _answer(archive, QUESTIONS[0], since="2021-03-01", until="2021-03-05"),
        **{f"show {title}": lambda archive, title=title: _article(archive, title) for title, _ in TOPICS[:3]},
        "dossiers": lambda archive: [_dossier(archive, each.id) for each in Dossiers(archive).summaries()],
        "library": lambda archive: _library(archive, lines),
    }
    results: dict[str, Any] = {}
    lines: list[str] = []
    handler = LogLines(lines)
    logging.getLogger("rag").addHandler(handler)
    try:
        with Archive.open(folder, encoder=encoder, create=False) as archive:
            for name, step in steps.items():
                results[name] = _outcome(lambda step=step: step(archive))
    except FundstelleError as error:
        results = dict.fromkeys(steps, ("refused", str(error)))
    except BaseException:
        results = dict.fromkeys(steps, ("trace", traceback.format_exc()))
    finally:
        logging.getLogger("rag").removeHandler(handler)
    return {"results": results, "lines": lines}


class LogLines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _outcome(step: Callable[[], Any]) -> tuple[str, Any]:
    try:
        return "shown", json.loads(json.dumps(step(), default=str))
    except FundstelleError as error:
        return "refused", str(error)
    except BaseException:
        return "trace", traceback.format_exc()


def _answer(archive: Archive, question: str, **arguments: Any) -> Any:
    values = archive.ask(question, **arguments).to_dict()
    return {name: value for name, value in values.items() if name != "took_ms"}


def _article(archive: Archive, title: str) -> Any:
    return view_article(archive, archive.article(title).id).to_dict()


def _library(archive: Archive, lines: list[str]) -> Any:
    """Return the rows that show something of an article; the others say that it was damaged."""
    rows = list(archive.library_rows())
    lines += [f"{row.path} was damaged on the disk." for row in rows if row.state == "damaged"]
    return sorted([row.label, str(row.published), row.source] for row in rows if row.state != "damaged")


def _dossier(archive: Archive, dossier_id: str) -> Any:
    dossier = Dossiers(archive).dossier(dossier_id)
    return [dossier.name, *map(str, dossier.entries)]


def damaged_copy(archives: Archives, seed: int, target: Path) -> Damage:
    """Copy an archive and damage one of its files, as the seed decides."""
    rng = random.Random(seed)  # noqa: S311
    source = rng.choice((archives.whole, archives.crashed))
    shutil.copytree(source, target)
    kinds = dict(_files(target))
    kind = rng.choice(sorted(kinds))
    path = rng.choice(kinds[kind])
    how = rng.choice(DAMAGES)
    if how in ("older", "other"):
        replacement = _counterpart(getattr(archives, how), target, path)
        if replacement is None:
            how = "flip"
        else:
            shutil.copyfile(replacement, path)
    _DAMAGERS.get(how, lambda *_: None)(path, rng)
    return Damage(seed, kind, how, f"{source.name}/{path.relative_to(target)}")


def _files(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    patterns = {
        "database": DATABASE,
        "log": f"{DATABASE}-wal",
        "state": "archive.state",
        "vectors": "dense/vectors-*",
        "vectors manifest": "dense/manifest.json",
        "words": "lexical/index-*/*.*",
        "words manifest": "lexical/manifest.json",
        "tokens": "tokens/tokens.sqlite*",
    }
    for kind, pattern in patterns.items():
        paths = [path for path in sorted(folder.glob(pattern)) if path.stat().st_size and path.suffix != ".lock"]
        if paths:
            yield kind, paths


def _counterpart(folder: Path, target: Path, path: Path) -> Path | None:
    """Return the file of another archive that is most like one."""
    same = folder / path.relative_to(target)
    alike = [same] if same.exists() else sorted(folder.glob(f"{path.relative_to(target).parts[0]}/**/*{path.suffix}"))
    return next((each for each in alike if each.is_file() and each.read_bytes() != path.read_bytes()), None)


def _flip(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def _block(path: Path, rng: random.Random, fill: Callable[[int], bytes]) -> None:
    data = bytearray(path.read_bytes())
    length = min(len(data), _BLOCK * rng.randint(1, 8))
    start = rng.randrange(len(data) - length + 1) // _BLOCK * _BLOCK
    data[start : start + length] = fill(length)
    path.write_bytes(data)


_DAMAGERS: dict[str, Callable[[Path, random.Random], object]] = {
    "flip": _flip,
    "zeros": lambda path, rng: _block(path, rng, bytes),
    "noise": lambda path, rng: _block(path, rng, rng.randbytes),
    "truncate": lambda path, rng: os.truncate(path, rng.randrange(1, max(2, path.stat().st_size))),
    "empty": lambda path, _: path.write_bytes(b""),
    "delete": lambda path, _: path.unlink(),
}


def shown_in_child(folder: Path, encoder: Encoder) -> dict[str, Any] | str:
    """Return what `shown` does, in a process of its own; in words how that ended otherwise."""
    result = folder.with_name(f"{folder.name}.result")
    child = os.fork()
    if not child:
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            signal.alarm(_SECONDS)
            result.write_bytes(pickle.dumps(shown(folder, encoder)))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        return "hang" if code == -signal.SIGALRM else f"ended with {code}"
    return dict(pickle.loads(result.read_bytes()))  # noqa: S301  # our own


def verdict(  # noqa: PLR0911
    now: dict[str, Any] | str, expected: dict[str, Any]
) -> str:
    """Return what became of a damage: right, rebuilt, said, refused, wrong or crash.

    Args:
        now: what is shown.
        expected: what each archive shows undamaged, by its name.
    """
    if isinstance(now, str):
        return "crash"
    results, lines = now["results"], now["lines"]
    if any(kind == "trace" for kind, _ in results.values()):
        return "crash"
    if any("\n" in text for kind, text in results.values() if kind == "refused"):
        return "wrong"
    whole = expected["whole"]["results"]
    different = {name for name, result in results.items() if result[0] == "shown" and result != whole[name]}
    if not different:
        if any(kind == "refused" for kind, _ in results.values()):
            return "refused"
        return "rebuilt" if lines else "right"
    if not lines:
        return "wrong"
    for state in ("grown", "older", "other"):
        others = expected[state]["results"]
        if any("lacks its last" in line or "replaced by another" in line for line in lines) and all(
            results[name] == others[name] for name in different
        ):
            return "said"
    if any("was damaged on the disk" in line or "lacks its last" in line for line in lines) and all(
        _is_verbatim(name, results[name][1], whole[name][1], expected) for name in different
    ):
        return "said"
    return "wrong"


def reason(now: dict[str, Any] | str, expected: dict[str, Any]) -> str:
    """Return what differs from what was stored, for a person who looks into it."""
    if isinstance(now, str):
        return now
    whole = expected["whole"]["results"]
    differing = [f"{name}: {result}"[-1_000:] for name, result in now["results"].items() if result != whole[name]]
    return "\n".join([*now["lines"], *differing[:2]])


def _is_verbatim(name: str, values: Any, whole: Any, expected: dict[str, Any]) -> bool:
    """Whether everything in an answer, an article or a list was stored, though some of it is left out."""
    if name == "dossiers":
        return {part for dossier in values for part in dossier} <= {part for dossier in whole for part in dossier}
    if isinstance(values, list):
        return all(value in whole for value in values)
    if name.startswith("show"):
        states = [state["results"][name][1] for state in expected.values() if state["results"][name][0] == "shown"]
        related: dict[str, Any] = {"doubles": [], "versions": []}
        return any({**values, **related} == {**state, **related} for state in states)
    known = [
        _facts(citation)
        for state in expected.values()
        for kind, answer in state["results"].values()
        if kind == "shown" and isinstance(answer, dict)
        for citation in answer.get("citations", ())
    ]
    return all(_facts(citation) in known for citation in values["citations"])


def _facts(citation: dict[str, Any]) -> dict[str, Any]:
    """Return what is printed of a citation."""
    return {name: citation.get(name) for name in ("quote", "start", "end", "article", "passage_id")}
