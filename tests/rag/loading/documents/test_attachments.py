"""What is attached to a mail is an article of its own, linked to the mail by its place, or named as unread."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from documents import docx, mail, zipped
from pdfs import drawn, lines

from rag.loading.common.draft import Flaw, Remark
from rag.loading.reader import articles_in, pieces
from rag.types import Article


def texts_in(tmp_path: Path, raw: bytes, name: str = "mail.eml") -> dict[str, str]:
    """Return what is read from a file: the texts of articles by their names, and those of flaws (!) and remarks (?)."""
    path = tmp_path / name
    path.write_bytes(raw)
    texts: dict[str, str] = {}
    for item in (item for piece in pieces(path, "") for item in articles_in(piece)):
        if isinstance(item, Article):
            texts[item.path.removeprefix(str(path))] = item.text
        elif isinstance(item, Flaw):
            texts[f"!{item.name}"] = item.reason
        elif isinstance(item, Remark):
            texts[f"?{item.name}"] = item.text
    return texts


def letter(text: str | None, subject: str = "Unterlagen") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "Anna Beck <a@b.example>", subject
    message["Date"] = "Tue, 14 Mar 2023 23:30:00 -0500"
    if text is not None:
        message.set_content(text)
    return message


def attach(message: EmailMessage, raw: bytes, name: str, kind: str = "application/octet-stream") -> None:
    main, sub = kind.split("/")
    message.add_attachment(raw, main, sub, filename=name)


def test_files(tmp_path: Path) -> None:
    """A PDF, a document, a table and a zip archive are read by their content, and named by their path."""
    message = letter("Anbei die Unterlagen.")
    attach(message, drawn(lines("Der Bericht des Hafenamts.")), "Bericht.pdf", "application/pdf")
    attach(message, docx(), "../Brief an den Rat.docx")
    attach(message, b"id,text\n7,Ein Satz der Tabelle.\n8,Ein zweiter Satz der Tabelle.\n", "Liste.csv", "text/csv")
    attach(message, zipped({"innen/notiz.txt": "Eine Notiz, die gepackt war."}), "alles.zip")
    texts = texts_in(tmp_path, bytes(message))
    assert texts[""] == "Anbei die Unterlagen."
    assert texts["/Bericht.pdf"] == "Der Bericht des Hafenamts."
    assert "Der Rat hat am Montag" in texts["/Brief an den Rat.docx"]
    assert texts["/Liste.csv#7"] == "Ein Satz der Tabelle."
    assert texts["/alles.zip/innen/notiz.txt"] == "Eine Notiz, die gepackt war."
    assert len(texts) == 6


def test_a_newsletter_is_reported_as_several_articles(tmp_path: Path) -> None:
    """Items that each link to their full text are reported as several articles; a mail with one link is one article."""
    items = [f"Meldung {number}\n\nDer Rat hat getagt.\n\nWeiterlesen: https://x.example/{number}" for number in "123"]
    texts = texts_in(tmp_path, bytes(letter("\n\n".join(items))))
    assert texts["?"].startswith("It seems to hold several articles")
    assert list(texts_in(tmp_path, bytes(letter(items[0])))) == [""]


def test_a_mail_in_a_mail(tmp_path: Path) -> None:
    """It is an article with its own subject, and its text is not part of the outer mail."""
    inner = letter("Das Deichamt sperrt die Schleuse.", "Protokoll")
    attach(inner, b"Ein Anhang des Anhangs, als Text.", "anhang.txt", "text/plain")
    outer = letter("Zur Kenntnis.", "WG: Protokoll")
    outer.add_attachment(inner)
    outer.add_attachment(letter("Noch eine Nachricht.", "Protokoll"))
    assert texts_in(tmp_path, bytes(outer)) == {
        "": "Zur Kenntnis.",
        "/Protokoll.eml": "Das Deichamt sperrt die Schleuse.",
        "/Protokoll.eml/anhang.txt": "Ein Anhang des Anhangs, als Text.",
        "/Protokoll.eml (2)": "Noch eine Nachricht.",
    }


def test_unread_attachments_are_reported(tmp_path: Path) -> None:
    """A picture, a program's data and a damaged file are reported; decoration of the mail is not."""
    message = letter("Anbei.")
    message.add_alternative('<p>Anbei.</p><img src="cid:logo">', subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>", disposition="inline")
    attach(message, b"\x89PNG\r\n", "Foto.png", "image/png")
    attach(message, b"\x78\x9f\x3e\x22", "winmail.dat")
    attach(message, b"%PDF-1.4 kaputt", "kaputt.pdf")
    message.add_attachment(b"x", "application", "pgp-signature", filename="signature.asc")
    texts = texts_in(tmp_path, bytes(message))
    assert sorted(texts) == ["", "!/kaputt.pdf", "?"]
    assert texts["?"] == "The attachment winmail.dat was not read: save it as a separate file if it matters."


def test_a_mail_without_text(tmp_path: Path) -> None:
    """It is not an article, but its attachment is."""
    message = letter(None)
    attach(message, b"Nur der Anhang hat Worte.", "text.txt", "text/plain")
    assert texts_in(tmp_path, bytes(message)) == {"/text.txt": "Nur der Anhang hat Worte."}


def test_text_after_an_attachment(tmp_path: Path) -> None:
    """The text of a mail that continues after a picture is read completely."""
    head = b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    parts = (b"Content-Type: text/plain\n\nDer erste Teil.", b"Content-Type: image/png\n\nPNG", b"\n\nDer zweite Teil.")
    raw = head + b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"
    assert texts_in(tmp_path, raw)[""] == "Der erste Teil.\n\nDer zweite Teil."


def test_endlessly_nested_mails(tmp_path: Path) -> None:
    """Mails that are nested too deeply are reported in one line."""
    message = letter("Ganz innen.")
    for depth in range(12):
        outer = letter(f"Stufe {depth}.")
        outer.add_attachment(message)
        message = outer
    texts = texts_in(tmp_path, bytes(message))
    assert sum(key[:1] != "!" for key in texts) == 6
    assert [text for key, text in texts.items() if key[:1] == "!"] == [
        "It is nested more than 5 mails deep: save it as a separate file."
    ]


def test_emlx(tmp_path: Path) -> None:
    """The length above Apple's mails and the property list below them are not text."""
    raw = mail("Der Rat tagte am Montag.\n")
    listed = b'<?xml version="1.0"?><plist><dict><key>flags</key></dict></plist>'
    assert texts_in(tmp_path, b"%d\n%s%s" % (len(raw), raw, listed), "12.emlx") == {"": "Der Rat tagte am Montag."}
