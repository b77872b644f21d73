"""Pages of their own, beside the page: an article, or a sentence in place of one."""

from __future__ import annotations

from pathlib import Path

from rag.errors import FundstelleError
from ui.html.markup import escape
from ui.html.theme import ASSETS
from ui.wording.errors import error_sentence
from ui.wording.problems import PROBLEM_WORDS
from ui.wording.reader import READER
from ui.wording.texts import Texts

_STYLE = "".join(
    (ASSETS / name).read_text(encoding="utf-8") for name in ("standalone.css", "reader.css", "menu.css", "roles.css")
)

_SCRIPTS = ("article", "cite", "save")


def article_page(title: str, fragment: str, texts: Texts) -> str:
    """Return a complete page around the fragment of an article; its addresses are relative to that of the page at /."""
    words = READER[texts.code]
    faults = f' data-fs-away="{escape(words.away)}" data-fs-failed="{escape(words.failed)}"'
    scripts = "".join(f'<script type="module" src="scripts/{name}.js"></script>' for name in _SCRIPTS)
    head = f'<base href="../">{scripts}'
    return _page(title, f"<main>{fragment}</main>", texts, head, faults)


def no_article_page(texts: Texts) -> str:
    """Return the page that says that an article does not exist."""
    words = READER[texts.code]
    return sentence_page(words.no_article_heading, words.no_article, texts)


def error_page(error: FundstelleError, texts: Texts, archive: Path | str) -> str:
    """Return the page that says why there is no article or report: in the page's language, or marked as English."""
    sentence = error_sentence(error, texts, archive)
    lang = "" if sentence.lang == texts.code else sentence.lang
    return sentence_page(texts.failure_heading, sentence.text, texts, lang)


def sentence_page(heading: str, sentence: str, texts: Texts, lang: str = "") -> str:
    """Return the page with a sentence in place of an article; `lang` is its language, if not that of the page."""
    attribute = f' lang="{escape(lang)}"' if lang else ""
    body = (
        f'<main class="fs fs-problem"><h1>{escape(heading)}</h1><p{attribute}>{escape(sentence)}</p>'
        f'<p><a href="../?lang={texts.code}">{escape(PROBLEM_WORDS[texts.code].home)}</a></p></main>'
    )
    return _page(heading, body, texts)


def _page(title: str, body: str, texts: Texts, head: str = "", attributes: str = "") -> str:
    """Return a complete page around its body."""
    return (
        f'<!doctype html><html lang="{texts.code}"{attributes}><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – Fundstelle</title>{head}<style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>"
    )
