"""Valid files of all kinds, ways to damage them, and what must be true of everything read from them."""

from __future__ import annotations

import io
import pickle
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from bad_files import archives, documents, feeds, tables, texts
from bad_files.words import TEXT, page
from hypothesis import strategies as st

from rag.loading.common.draft import Flaw
from rag.loading.common.file_types import ARCHIVE_KINDS
from rag.loading.common.normalization import normalise
from rag.loading.common.safe_names import safe_name
from rag.loading.containers.archives import Member, archive_members
from rag.loading.reader import Piece, TableColumns, articles_in
from rag.types import Article

SECONDS = 20.0
"""No small file may take longer, however damaged it is and however busy the machine."""
_PAGE = page(
    f"{TEXT}</p><ul><li>Eins<li>Zwei</ul><table><tr><td>Ort<td>Zahl<tr><td>Bad<td>3</table><p>{TEXT}",
    '<meta charset=utf-8><meta property="og:site_name" content="Flussbote"><meta name=author content="Anna Beck">'
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Brücke", "datePublished": "2022-01-14",'
    ' "author": [{"name": "Carl Dorn"}]}</script>',
).replace("</article>", "</article><div class=comments><p>Ein Leser: Schade.</p></div>")
_MARKDOWN = (
    f'---\ntitle: "Brücke"\nauthor: [A, B]\ndate: 2022-01-14\n---\n\n# Titel\n\n{TEXT}\n\n> Zitat\n\n- eins\n- zwei\n\n'
    f"| a | b |\n|---|---|\n| 1 | 2 |\n\n[Verweis](https://x.example) **fett** `code`\n\n```\ncode\n```\n"
)
_PLAIN = (
    f"Brücke gesperrt\n\nVon Anna Beck, 14.01.2022\n\n{TEXT}\n\nMehr zum Thema\n- Fähre fährt\n\nKommentare\n{TEXT}"
)
# bytes that mean something to some reader
_SIGNIFICANT_BYTES = (
    *(letter.encode() for letter in "\0\n\r\t\"'<>&\\{}[]()=%|#;,"),
    *(b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", "\u202e\u2028\u0301".encode(), "\U0010ffff".encode()),
    *(b"\x1b[31m", b"&#x0;", b"&#xD800;", b"\\ud800", b"\\u-1", b"-1", b"9" * 25, b"1e999", b"NaN", b"=?utf-8?B?"),
    *(
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<p>",
        b"</div>",
        b"<body>",
        b"<html>",
        b"---\n",
        b"stream",
        b"PK\x03\x04",
    ),
)


@dataclass(frozen=True, slots=True)
class Damage:
    """A change to bytes at a position, which is a share of their length."""

    what: str
    position: float
    length: int = 1
    target: float = 0.0
    insertion: bytes = b""

    def __call__(self, raw: bytes) -> bytes:
        """Return the damaged bytes."""
        start = int(self.position * len(raw))
        end, target = start + self.length, int(self.target * len(raw))
        head, middle, tail = raw[:start], raw[start:end], raw[end:]
        changes = {
            "flip": lambda: head + bytes(255 - byte for byte in middle) + tail,
            "cut": lambda: head,
            "leave out": lambda: head + tail,
            "repeat": lambda: head + middle * (1 + self.length % 60) + tail,
            "splice": lambda: raw[:target] + middle + raw[target:],
            "overwrite": lambda: head + self.insertion + raw[start + len(self.insertion) :],
            "insert": lambda: head + self.insertion + middle + tail,
        }
        return changes[self.what]()


_POSITION = st.floats(0, 1, exclude_max=True)
DAMAGES = st.lists(
    st.builds(
        Damage,
        st.sampled_from(("flip", "cut", "leave out", "repeat", "splice", "overwrite", "insert")),
        _POSITION,
        st.integers(1, 400),
        _POSITION,
        st.one_of(st.sampled_from(_SIGNIFICANT_BYTES), st.binary(min_size=1, max_size=8)),
    ),
    min_size=1,
    max_size=6,
)


def valid() -> dict[str, tuple[str, bytes]]:
    """Return the kind and the bytes of valid files, by name."""
    files = {
        name: raw
        for kind in (tables, feeds, texts)
        for name, raw, _ in kind.files()
        if name in ("by_semicolon.csv", "by_tab.tsv", "wrapped.json", "same_ids.jsonl", "utf-8.rss", "good.atom")
    }
    files |= {f"good.{name}": raw for name, raw in _articles().items()}
    files |= {
        name: raw for name, raw, _ in documents.files() if name in ("good.pdf", "good.rtf", "good.eml", "good.mht")
    }
    files |= {name: raw for name, raw, _ in archives.files() if name in ("good.warc", "good.warc.gz", "in_a.zip")}
    kinds = {"rss": "feed", "atom": "feed", "mht": "mhtml", "txt": "text", "md": "markdown"}
    return {
        name: ("warc" if ".warc" in name else kinds.get(ending, ending), raw)
        for name, raw in files.items()
        for ending in [name.rpartition(".")[2]]
    }


def _articles() -> dict[str, bytes]:
    return {
        "html": _PAGE.encode(),
        "md": _MARKDOWN.encode(),
        "txt": _PLAIN.encode(),
        "docx": documents.docx(TEXT),
        "odt": documents.odt(TEXT),
        "epub": documents.epub(TEXT),
        "csv.gz": archives.packed(f'id,text\n1,"{TEXT}"\n2,"{TEXT}"\n'.encode()),
    }


def damaged(raw: bytes, damages: list[Damage], member: float) -> bytes:
    """Return a file with damages; of an archive, with a member below one half, in that member before it is packed."""
    if raw.startswith(b"PK") and member < 0.5:
        return _with_member(raw, damages, member * 2)
    for damage in damages:
        raw = damage(raw)
    return raw


def _with_member(raw: bytes, damages: list[Damage], member: float) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, zipfile.ZipFile(out, "w") as damaged_archive:
        member_number = int(member * len(archive.namelist()))
        for number, info in enumerate(archive.infolist()):
            content = archive.read(info)
            for damage in damages if number == member_number else ():
                content = damage(content)
            damaged_archive.writestr(info, content)
    return out.getvalue()


def read(name: str, kind: str, raw: bytes) -> Iterator[list[Article | TableColumns | Flaw]]:
    """Yield what is in a file, part by part, as it is read when it is indexed.

    Raises:
        LoadError: nothing of it can be read.
    """
    parts = archive_members(raw, name) if kind in ARCHIVE_KINDS else [Member("", kind, raw)]
    for part in parts:
        start = time.process_time()
        yield articles_in(Piece(f"/{name}", "", part))
        assert time.process_time() - start < SECONDS


def check(contents: list[Article | TableColumns | Flaw]) -> None:
    """Assert what must be true of everything that is read."""
    assert pickle.loads(pickle.dumps(contents)) == contents  # noqa: S301
    for content in contents:
        if isinstance(content, Article):
            _check_article(content)
        elif isinstance(content, Flaw):
            assert content.reason.isprintable() and content.reason.endswith("."), content
            assert safe_name(content.name[:500]) == content.name[:500]


def _check_article(article: Article) -> None:
    text = article.text
    assert text == normalise(text).strip() != ""
    assert safe_name(article.path[:500]) == article.path[:500]
    for line in (article.title, article.source, article.author, article.url, article.place):
        assert line is None or line == " ".join(normalise(line).split()) != ""
    ends = [edge for aside in article.asides for edge in (aside.start, aside.end)]
    assert ends == sorted(ends) and all(0 <= end <= len(text) for end in ends)
    assert all(aside.start < aside.end for aside in article.asides)
    assert list(article.pages) == sorted(article.pages) and all(0 <= start <= len(text) for start in article.pages)
    assert "".join(text[part.start : part.end] for part in article.parts()) == text
    assert {"source", "author", "published", "url"} & set(_stated_fields(article)) <= set(article.origins)


def _stated_fields(article: Article) -> list[str]:
    return [name for name, value in asdict(article).items() if value is not None]
