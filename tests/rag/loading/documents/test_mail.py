"""Mails become what their writer wrote; pages saved in one file become their article."""

from __future__ import annotations

from datetime import date

import pytest
from documents import mail, mhtml

from rag.errors import LoadError
from rag.loading.common.draft import Draft
from rag.loading.documents.mail import load_eml, load_mhtml

PAGE = (
    "<!doctype html><html><head><meta charset=utf-8><title>Brücke gesperrt</title></head><body><nav><a href=/>Start</a>"
    "</nav><article><h1>Brücke gesperrt</h1><p>Die Bürgermeisterin sperrte am Montag die Brücke, weil Träger morsch "
    "sind.</p><p>Fußgänger müssen über die Höhe gehen, bis im Herbst größere Balken eingebaut sind.</p></article>"
    "</body></html>"
)


def texts(draft: Draft, kind: str = "article") -> list[str]:
    return [block.text.removesuffix("\n\n") for block in draft.blocks if block.kind == kind]


def test_headers() -> None:
    """Subject, sender and the sender's day are title, author and date."""
    draft = load_eml(mail("Der Rat tagte.\n"))
    assert (draft.title, draft.author, draft.published) == ("Brücke gesperrt", "Jörg Beck", date(2023, 3, 14))
    assert draft.origins == {
        "title": "mail header Subject",
        "author": "mail header From",
        "published": "mail header Date",
    }
    assert load_eml(mail("Text.", From="beck@flussbote.example", Date="")).author == "beck@flussbote.example"
    assert load_eml(mail("Text.", Date="")).published is None


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: =?utf-8?q?Br=C3=BCcke?=\r\n =?iso-8859-1?q?_gesperrt?=\r\n\r\nDer Rat tagte.",
        b"Subject: =?x-unknown?q?Br=FCcke_gesperrt?=\n\nDer Rat tagte.",
        "Subject: Brücke gesperrt\nDate: gestern abend\n\nDer Rat tagte.".encode(),
    ],
)
def test_damaged_headers(raw: bytes) -> None:
    """Mails with encoded words, unknown encodings, raw bytes and impossible dates are read."""
    draft = load_eml(raw)
    assert (draft.title, draft.author, draft.published) == ("Brücke gesperrt", None, None)
    assert texts(draft) == ["Der Rat tagte."]


def test_a_reply() -> None:
    """Quotes, their attribution and the signature are boilerplate, in their original order."""
    draft = load_eml(
        mail(
            "Liebe Anna,\n\nder Satz ist neu.\nUnd dieser.\nAm 13.03.2023 um 10:00 schrieb Anna Beck\n<a@b.example>:\n"
            "> Ist es wahr?\n> Sag es.\n\nJa, am Montag schrieb die Zeitung:\n\nalles wahr.\n\n-- \nJörg\nTel. 1\n"
        )
    )
    assert texts(draft) == [
        "Liebe Anna,",
        "der Satz ist neu.\nUnd dieser.",
        "Ja, am Montag schrieb die Zeitung:",
        "alles wahr.",
    ]
    assert [(block.kind, block.text.split("\n")[0]) for block in draft.blocks[2:4]] == [
        ("boilerplate", "Am 13.03.2023 um 10:00 schrieb Anna Beck"),
        ("boilerplate", "> Ist es wahr?"),
    ]
    assert texts(draft, "boilerplate")[-1] == "-- \nJörg\nTel. 1"


BELOW = (
    "Kurz vorweg.\n\n-----Ursprüngliche Nachricht-----\nVon: Anna Beck\nGesendet: Montag\nAn: Jörg\nBetreff: Brücke\n\n"
    "Der alte Text.\n\nNoch ein Absatz.\n"
)


def test_another_mail_below() -> None:
    """The text below the header of another mail is the article if it is forwarded, and a quote in a reply."""
    assert texts(load_eml(mail(BELOW))) == ["Kurz vorweg."]
    assert texts(load_eml(mail(BELOW, Subject="WG: Brücke"))) == ["Kurz vorweg.", "Der alte Text.", "Noch ein Absatz."]


def test_flowed_text() -> None:
    """Lines that a program wrapped are joined; the writer's own line ends are kept."""
    body = "Der Rat hat am Montag \nlange getagt.\nDann nicht mehr.\n\n> alt \n> neu\n-- \nJörg"
    head = "Subject: x\nContent-Type: text/plain; charset=utf-8; format=flowed"
    assert texts(load_eml(f"{head}\n\n{body}".encode())) == ["Der Rat hat am Montag lange getagt.\nDann nicht mehr."]
    assert texts(load_eml(f"{head}; delsp=yes\n\n{body}".encode())) == [
        "Der Rat hat am Montaglange getagt.\nDann nicht mehr."
    ]


def test_html_alone() -> None:
    """All of an HTML mail is read: layout cells are paragraphs, rows of data are lines; hidden text is skipped."""
    long = "Ein langer Absatz, der in einer Zelle steht, weil Mails so gesetzt werden. " * 3
    html = (
        f"<html><head><style>p{{}}</style></head><body><div style='display: none'>Vorschau</div><table><tr><td><p>Eins"
        f"</p><p>{long}</p></td><td>Rand</td></tr></table><table><tr><th>Ort</th><th>Zahl</th></tr><tr><td>Bad</td>"
        "<td>3</td></tr></table><p>Oben<br>Mitte<br><br>Unten</p><div class='moz-cite-prefix'>Am 1.1. schrieb X:</div>"
        "<blockquote type=cite><p>Alt</p></blockquote><pre>so\n  und so</pre></body></html>"
    )
    draft = load_eml(mail(html=html))
    assert texts(draft) == [
        "Eins",
        long.strip(),
        "Rand",
        "Ort | Zahl\nBad | 3",
        "Oben\nMitte",
        "Unten",
        "so\nund so",
    ]
    assert texts(draft, "boilerplate") == ["Am 1.1. schrieb X:", "Alt"]


def test_plain_text_and_html() -> None:
    """Plain text is read if it contains what the HTML contains; otherwise the HTML is read."""
    story = "Der Rat tagte am Montag und vertagte sich am Abend auf den Dienstag."
    assert texts(load_eml(mail(f"{story} (Text)", f"<p>{story} (HTML)</p>"))) == [f"{story} (Text)"]
    assert texts(load_eml(mail("Bitte HTML zeigen.", f"<p>{story}</p>"))) == [story]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "unknown-8bit"])
def test_encodings(encoding: str) -> None:
    """The encoding that a part states is used if it is valid, and otherwise detected from the bytes."""
    words = "Die Bürgermeisterin überreichte größeren Gästen aus Österreich die Schlüssel der Straße."
    body = words.encode("utf-8" if encoding == "unknown-8bit" else encoding)
    head = f"Subject: x\nContent-Type: text/plain; charset={encoding}\nContent-Transfer-Encoding: 8bit\n\n"
    assert texts(load_eml(head.encode() + body)) == [words]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"Ein Text ohne alles.", "Not a mail"),
        (b"\x89PNG\r\n\x1a\n\0\0", "Not a mail"),
        (mail(""), "has no text: if the article is attached"),
    ],
)
def test_invalid_mails(raw: bytes, message: str) -> None:
    """Files that are not mails, and mails without text, are refused with the reason."""
    with pytest.raises(LoadError, match=message):
        load_eml(raw)


def test_mhtml() -> None:
    """The article of the saved page has the URL that it was saved from; the day of saving is not its date."""
    draft = load_mhtml(mhtml(PAGE, "https://flussbote.example/bruecke"))
    assert (draft.title, draft.url, draft.published) == ("Brücke gesperrt", "https://flussbote.example/bruecke", None)
    assert draft.origins["url"] == "place of the saved page"
    assert "Träger morsch sind" in draft.text
    assert "größere Balken" in draft.text
    assert "Start" not in draft.text


def test_mhtml_that_states_its_url() -> None:
    """The URL that the page states takes precedence over where it was saved from; a path on a disk is not a URL."""
    page = PAGE.replace("<title>", '<link rel="canonical" href="https://flussbote.example/eigen"><title>')
    assert load_mhtml(mhtml(page, "https://x.example/")).url == "https://flussbote.example/eigen"
    assert load_mhtml(mhtml(PAGE, "file:///home/anna/x.html")).url is None


def test_mhtml_without_a_page() -> None:
    """A mail in plain text is not a saved page."""
    with pytest.raises(LoadError, match="It contains no page"):
        load_mhtml(mail("Text."))
