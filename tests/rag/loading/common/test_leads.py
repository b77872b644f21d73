"""Leads and subtitles stated separately from a text."""

from __future__ import annotations

import io

import pytest

from rag.loading.common.draft import Draft
from rag.loading.common.leads import with_leads
from rag.loading.containers.feeds import load_feed
from rag.loading.plain_text.markdown import load_markdown
from rag.loading.plain_text.text import load_text
from rag.loading.tables.table import load_table

BODY = "Die Freibadsaison hat am Montag begonnen. Bademeister Olaf Kern zählte 412 Gäste, mehr als im Vorjahr."
LEAD = "Im Weiher von Mooslach ist ein Hecht von zwei Metern gesichtet worden."


def of_table(content: str, kind: str) -> Draft:
    (draft,) = load_table(io.BytesIO(content.encode()), kind)
    assert isinstance(draft, Draft)
    return draft


@pytest.mark.parametrize("name", ["lead", "Teaser", "standfirst", "Vorspann", "trailText", "description", "chapô"])
def test_the_lead_of_a_column_is_the_first_paragraph(name: str) -> None:
    """A reader of the paper sees it between headline and text, so it is a part of the article."""
    draft = of_table(f'title,{name},text\nHecht,"{LEAD}","{BODY}"\n', "csv")
    assert draft.text.split("\n\n")[:2] == [LEAD, BODY]


def test_a_subtitle_and_a_lead_in_json() -> None:
    """Both are read, the subtitle first, without their tags."""
    draft = of_table(
        f'[{{"headline": "Hecht", "subtitle": "Zwei Meter", "teaser": "<p>{LEAD}</p>", "body": "{BODY}"}}]', "json"
    )
    assert draft.text.split("\n\n")[:3] == ["Zwei Meter", LEAD, BODY]


@pytest.mark.parametrize("load", [load_text, load_markdown])
@pytest.mark.parametrize("name", ["lead", "description", "Teaser"])
def test_the_lead_of_front_matter(load: object, name: str) -> None:
    """The lead is placed above the text, but below a headline that the text begins with."""
    assert callable(load)
    matter = f"---\ntitle: Hecht im Weiher\n{name}: {LEAD}\n---\n\n"
    assert load(f"{matter}{BODY}\n".encode()).text.strip().split("\n\n") == [LEAD, BODY]
    headed = load(f"{matter}Hecht im Weiher\n\n{BODY}\n".encode())
    assert headed.text.strip().split("\n\n") == ["Hecht im Weiher", LEAD, BODY]


def test_the_summary_of_a_feed_is_its_lead() -> None:
    """An entry with a summary and its whole content has both."""
    feed = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Bote</title><item><title>Hecht</title><description>{LEAD}</description>"
        f"<content:encoded><![CDATA[<p>{BODY}</p>]]></content:encoded></item></channel></rss>"
    )
    (draft,) = load_feed(feed.encode())
    assert isinstance(draft, Draft)
    assert draft.text.split("\n\n")[:2] == [LEAD, BODY]


@pytest.mark.parametrize(
    "lead", [BODY, f"{BODY[:60]} …", f"{BODY[:50]} [...] Weiterlesen", BODY.upper(), "Hecht im Weiher", " ", "…"]
)
def test_nothing_is_said_twice(lead: str) -> None:
    """A lead that the text contains, complete or cut short, adds nothing; nor does one that repeats the headline."""
    draft = load_text(BODY.encode())
    assert with_leads(draft.blocks, [lead, LEAD, LEAD], "Hecht im Weiher")[0].text == f"{LEAD}\n\n"
    assert with_leads(draft.blocks, [lead], "Hecht im Weiher") == draft.blocks


@pytest.mark.parametrize("name", ["summary", "abstract", "zusammenfassung"])
def test_summaries_are_not_the_paper_s_words(name: str) -> None:
    """Many are written by a machine or an archivist, and must not be quoted as the article."""
    assert of_table(f'title,{name},text\nHecht,"{LEAD}","{BODY}"\n', "csv").text.strip() == BODY
