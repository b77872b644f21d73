"""What checks say in English, by the name of the check and of what it sees.

The page says the same in the reader's language: `ui/wording/diagnosis.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types.diagnosis import Health

Wording = tuple[Health, str, str]
"""How bad something is, the sentence that says so, and what to do next."""

_REBUILD = "`fundstelle doctor --fix --archive {folder}` makes it again from the database; so does the next question."
_INDEX = "Run `fundstelle index` on the folder of the articles."
_RESTORE = "Restore the archive from a backup, or delete its folder and index the articles again."


@dataclass(frozen=True, slots=True)
class SymptomWords:
    """What a check says: its subject in a word or two, and by each symptom what is said of it."""

    subject: str
    symptoms: Mapping[str, Wording]


def _words(subject: str, well: str, **symptoms: Wording) -> SymptomWords:
    return SymptomWords(subject, {"well": ("well", well, ""), **symptoms})


DAMAGED: Wording = ("wrong", "It is damaged: {error}", _RESTORE)
UNCHECKED: Wording = ("unchecked", "This could not be checked: {error}", "Mend that, and check again.")

CHECKS: Mapping[str, SymptomWords] = {
    # the computer
    "permissions": _words(
        "permissions",
        "Only you can read the archive.",
        open=(
            "wrong",
            "Other accounts of this computer can reach files of the archive: {count}, {path} among them.",
            "`chmod -R go= {folder}`, unless it is shared on purpose.",
        ),
        foreign=(
            "wrong",
            "Files of the archive belong to another account: {count}, {path} among them.",
            "Give them to the owner of the folder: `sudo chown -R $(stat -c %U {folder}) {folder}`.",
        ),
    ),
    "space": _words(
        "free space",
        "{free} MB are free; making all indexes again needs {needed} MB.",
        low=("wrong", "{free} MB are free, but making all indexes again needs {needed} MB.", "Make room on the disk."),
    ),
    "disk": _words(
        "disk",
        "The disk keeps locks, which keep two programs from writing at the same time.",
        network=(
            "notice",
            "The archive is on a network disk ({kind}).",
            "Ask from anywhere, but index from one computer only, and copy the archive to a disk of that computer "
            "where you can.",
        ),
        no_locks=(
            "wrong",
            "The disk keeps no locks ({error}), so that nothing keeps two programs from writing at the same time.",
            "Move the archive to a disk of this computer; until then, run one program at a time.",
        ),
    ),
    "temporary": _words(
        "temporary files",
        "{free} MB are free for temporary files.",
        low=("wrong", "Only {free} MB are free in {folder}.", "Make room there, or set TMPDIR to another folder."),
        unwritable=("wrong", "{folder} cannot be written ({error}).", "Set TMPDIR to a folder that can."),
    ),
    "limits": _words(
        "limits",
        "Memory and open files are not limited too tightly.",
        memory=(
            "wrong",
            "A process may have {limit} MB of address space; {needed} MB are needed.",
            "`ulimit -v unlimited`",
        ),
        files=("wrong", "A process may have {limit} open files; {needed} are needed.", "`ulimit -n 1024`"),
    ),
    "libraries": _words(
        "libraries",
        "All {count} libraries have versions that this release allows.",
        outside=(
            "wrong",
            "Libraries of other versions than this release allows: {names}.",
            "`pip install --upgrade fundstelle`",
        ),
    ),
    "processor": _words(
        "processor",
        "{sentence}",
        avoided=("notice", "{sentence}", "Nothing: what is computed wrongly is not used."),
        untested=("notice", "The encoder was not tested on this processor yet.", "The next question tests it."),
    ),
    # the folder
    "format": _words(
        "format",
        "The archive has format {version}, that of this release.",
        older=(
            "notice",
            "The archive has the older format {version}.",
            "The next `fundstelle index` brings it up to date.",
        ),
        unusable=("wrong", "{error}", ""),
    ),
    "journal": _words(
        "journal",
        "The write-ahead log has {size} MB.",
        large=(
            "wrong",
            "The write-ahead log has grown to {size} MB.",
            "`fundstelle doctor --fix --archive {folder}` empties it; if it grows again, a program keeps reading.",
        ),
    ),
    "leftovers": _words(
        "leftovers",
        "No interrupted program left files.",
        present=(
            "wrong",
            "Interrupted programs left files: {count}, {size} MB, {path} among them.",
            "`fundstelle doctor --fix --archive {folder}` deletes them.",
        ),
    ),
    "earlier": _words(
        "earlier databases",
        "None was kept by a migration or a repair.",
        present=(
            "notice",
            "Databases as they were before a migration or a repair: {count}, {size} MB, {path} among them.",
            "Delete them when you need no way back.",
        ),
    ),
    "clock": _words(
        "clock",
        "Nothing comes from the future.",
        future=(
            "wrong",
            "Articles came in later than it is now ({now}): {count}.",
            "Set the clock; if it is right now, nothing else is wrong.",
        ),
        files=(
            "wrong",
            "{path} was written later than it is now ({now}).",
            "Set the clock; if it is right now, nothing else is wrong.",
        ),
    ),
    "writing": _words(
        "writing",
        "No other program is writing.",
        busy=("notice", "Another program is indexing.", "Check again when it is done."),
        readonly=("notice", "The archive may only be read ({error}).", "Nothing, if that is meant so: questions work."),
    ),
    # the database
    "database": _words("database", "SQLite finds every page and every index right.", damaged=DAMAGED),
    "checksums": _words(
        "checksums",
        "Every row is as it was stored.",
        differ=(
            "wrong",
            "Rows that are not as they were stored: {count} ({tables}).",
            "`fundstelle repair --archive {folder}` reads the files of damaged articles again.",
        ),
    ),
    "references": _words(
        "references",
        "Every row refers to rows that exist.",
        broken=("wrong", "Rows refer to rows that are gone: {count}.", _RESTORE),
    ),
    "revisions": _words(
        "revisions",
        "The archive has revision {revision}, and nothing is newer.",
        ahead=("wrong", "Passages are of a later revision than the archive: {count}.", _RESTORE),
    ),
    "listing": _words(
        "library",
        "All {count} articles are listed.",
        unlisted=(
            "wrong",
            "Articles that the library does not list: {count}.",
            "`fundstelle doctor --fix --archive {folder}` lists them.",
        ),
    ),
    "passages": _words(
        "passages",
        "{count} passages are the text at their place, in order, and what was encoded.",
        wrong=(
            "wrong",
            "Articles whose passages are not the text that was encoded: {count}, {article} among them.",
            "`fundstelle repair --archive {folder}` reads their files again.",
        ),
    ),
    "vectors": _words(
        "vectors",
        "{count} vectors have length 1 and {dim} dimensions.",
        wrong=("wrong", "Vectors that are no vectors of length 1 with {dim} dimensions: {count}.", _RESTORE),
        missing=("wrong", "Passages without a vector: {count}.", _INDEX),
    ),
    "encoder": _words(
        "encoder",
        "The vectors come from {name}, which is at hand.",
        none=("notice", "Nothing was indexed yet.", _INDEX),
        other=(
            "wrong",
            "The vectors come from another encoder than {name}.",
            "Name the model with --encoder, or index the articles again.",
        ),
        doubtful=("notice", "An earlier version encoded short passages without a test.", _INDEX),
    ),
    "encoding": _words(
        "encoding",
        "{count} passages encoded again have their stored vectors (least cosine {cosine}).",
        differs=(
            "wrong",
            "Of {count} passages encoded again, one has a cosine of {cosine} to its stored vector, less than {least}.",
            "If the processor's self-test is well, restore the archive from a backup.",
        ),
    ),
    "orphans": _words(
        "orphans",
        "Nothing is stored that no article needs.",
        present=(
            "wrong",
            "Rows that no article needs: {count} ({tables}).",
            "`fundstelle doctor --fix --archive {folder}` deletes them.",
        ),
    ),
    "strays": _words(
        "corrections, feedback, dossiers",
        "All of them have their article.",
        present=(
            "notice",
            "Without their article: {corrections} corrections, {judgements} judgements, {quotations} quotations.",
            "Nothing: they stay, and are used again when the file is indexed again.",
        ),
    ),
    "duplicates": _words(
        "duplicates",
        "{count} duplicates have their original.",
        broken=("wrong", "Duplicates without an original, or with a text of their own: {count}.", _RESTORE),
        unsettled=("notice", "An interrupted run has not compared all articles yet.", _INDEX),
    ),
    # the indexes
    "vector_index": _words(
        "index of vectors",
        "It has all {count} vectors.",
        behind=("notice", "It lacks what changed last.", "Nothing: the next question adds it."),
        missing=("notice", "There is none.", "Nothing: the next question makes it."),
        damaged=("wrong", "{error}", _REBUILD),
        stale=("wrong", "It is of another archive, or of an earlier state of this one.", _REBUILD),
        miscounted=("wrong", "It has {indexed} vectors, and the database {count}.", _REBUILD),
    ),
    "vector_search": _words(
        "search by meaning",
        "{count} questions have the nearest passages that a full comparison has ({share} % of them).",
        differs=("wrong", "Of {count} questions, it has {share} % of the nearest passages.", _REBUILD),
    ),
    "word_index": _words(
        "index of words",
        "It has all {count} passages.",
        behind=("notice", "It lacks what changed last.", "Nothing: the next question adds it."),
        missing=("notice", "There is none.", "Nothing: the next question makes it."),
        damaged=("wrong", "{error}", _REBUILD),
        stale=("wrong", "It is of another archive, or of an earlier state of this one.", _REBUILD),
        miscounted=("wrong", "It has {indexed} passages, and the database {count}.", _REBUILD),
    ),
    "word_search": _words(
        "search by words",
        "{count} words of passages are where the database has them.",
        differs=("wrong", "Of {count} words of passages, {missed} are not where the database has them.", _REBUILD),
    ),
    "word_scores": _words(
        "scores of words",
        "{count} questions have the scores (BM25) that arithmetic gives.",
        differs=("wrong", "Of {count} questions, {wrong} have other scores (BM25) than arithmetic gives.", _REBUILD),
    ),
    "tokens": _words(
        "token vectors",
        "Those of all passages are stored.",
        incomplete=("notice", "Some are missing: answers are the same, but take longer.", _INDEX),
        damaged=(
            "wrong",
            "Their file is damaged: {error}",
            "`fundstelle doctor --fix --archive {folder}` deletes it, and the next `fundstelle index` makes it again.",
        ),
    ),
    "calibration": _words(
        "calibration",
        "The weights of the confidence can be used.",
        unusable=("wrong", "Its weights cannot be used: {error}", "`fundstelle calibrate --reset --archive {folder}`"),
    ),
    # the files
    "files": _words(
        "files of articles",
        "{count} files are as they were read.",
        differ=(
            "notice",
            "Of {count} files, {missing} are gone and {changed} have changed, {path} among them.",
            "`fundstelle index` on their folder, or on the one that they moved to, or `fundstelle forget`.",
        ),
    ),
    "failures": _words(
        "failures",
        "All files could be read.",
        present=("notice", "Files that could not be read: {count}, {path} among them.", "`fundstelle index` says why."),
    ),
    "sidecars": _words(
        "sidecars",
        "Every sidecar has its file.",
        alone=(
            "notice",
            "Sidecars without their file: {count}, {path} among them.",
            "Delete them, or put their file back.",
        ),
    ),
    "inbox": _words(
        "inbox",
        "Every uploaded file was indexed.",
        unread=(
            "notice",
            "Uploaded files that are no articles yet: {count}, {path} among them.",
            "`fundstelle index {folder}/inbox --archive {folder}`",
        ),
    ),
}
"""All checks, in the order in which they are made."""
