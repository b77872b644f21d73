"""Why a file could not be read, in the language of the page: the loaders write these sentences in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ui.wording.english import ENGLISH
from ui.wording.errors import Sentence
from ui.wording.german import GERMAN
from ui.wording.texts import Texts

# those that people meet most; in braces is what differs from file to file
_GERMAN_REASONS: Mapping[str, str] = {
    "It is empty: delete it, or save the article again.": "Sie ist leer. Löschen Sie sie, oder speichern Sie den "
    "Artikel neu.",
    "It is a binary file, not text: save the article as .txt, .md or .html.": "Sie enthält keinen Text. Speichern Sie "
    "den Artikel als .txt, .md oder .html.",
    "It is damaged: save it again, or leave it out.": "Sie ist beschädigt. Speichern Sie sie neu, oder lassen Sie sie "
    "weg.",
    "It unpacks to far more than its own size, or contains too many files: unpack it by hand.": "Entpackt wäre sie um "
    "ein Vielfaches größer, oder sie enthält zu viele Dateien. Entpacken Sie sie von Hand.",
    "There is no article in it: check that it was saved whole, and what it holds.": "Darin ist kein Artikel. Prüfen "
    "Sie, ob sie vollständig gespeichert wurde und was sie enthält.",
    "Not a PDF, or damaged: open it in a viewer and save it again.": "Das ist kein PDF, oder es ist beschädigt. Öffnen "
    "Sie es in einem Betrachter, und speichern Sie es neu.",
    "Not a valid {format} document: open it with a program for {same}, and save it again.": "Das ist kein gültiges "
    "{format}-Dokument. Öffnen Sie es mit einem Programm dafür, und speichern Sie es neu.",
    "It cannot be opened as an archive: save it again, or unpack it by hand.": "Sie lässt sich nicht als Archiv "
    "öffnen. Speichern Sie sie neu, oder entpacken Sie sie von Hand.",
    "It contains no text: check that the article was saved with its body.": "Sie enthält keinen Text. Prüfen Sie, ob "
    "der Artikel mitgespeichert wurde.",
    "It is a table without rows: check that it was saved completely.": "Die Tabelle hat keine Zeilen. Prüfen Sie, ob "
    "sie vollständig gespeichert wurde.",
    "Line {number} has no text in the column {column}: fill it in, or delete it.": "In Zeile {number} steht in der "
    "Spalte {column} nichts. Füllen Sie sie aus, oder löschen Sie die Zeile.",
    "No column contains the article's text; the columns are {names}: name it with --columns text=NAME.": "Keine Spalte "
    "enthält den Text der Artikel; es gibt die Spalten {names}. Nennen Sie eine davon text.",
    "It is not valid JSON ({reason}): save it again, or as .jsonl.": "Das ist kein gültiges JSON ({reason}). Speichern "
    "Sie die Datei neu, oder als .jsonl.",
    "Line {number} is not valid JSON ({reason}): fix or delete it.": "Zeile {number} ist kein gültiges JSON "
    "({reason}). Berichtigen oder löschen Sie sie.",
    "The page contains no article: open it and save it again, or save its text as .txt.": "Die Seite enthält keinen "
    "Artikel. Öffnen Sie sie, und speichern Sie sie neu, oder speichern Sie ihren Text als .txt.",
    "The page is truncated: save the web archive again.": "Die Seite ist abgeschnitten. Speichern Sie das Webarchiv "
    "neu.",
    "Not a web page: save it again from the browser, or save its text as .txt.": "Das ist keine Webseite. Speichern "
    "Sie sie neu aus dem Browser, oder ihren Text als .txt.",
    "Unknown text encoding: save it again as UTF-8 text.": "Die Zeichenkodierung ist unbekannt. Speichern Sie den Text "
    "als UTF-8.",
    "It has more than {size} MB: split it into smaller files.": "Sie hat mehr als {size} MB. Teilen Sie sie in "
    "kleinere Dateien.",
    "The mail has no text: if the article is attached, save the attachment as a file.": "Die E-Mail hat keinen Text. "
    "Hängt der Artikel an, speichern Sie den Anhang als Datei.",
    "Not a mail, or damaged: save the mail again as .eml.": "Das ist keine E-Mail, oder sie ist beschädigt. Speichern "
    "Sie sie neu als .eml.",
    "It contains pictures of pages and no text: run a text recognition (OCR) over it, for example ocrmypdf.": "Sie "
    "enthält Bilder von Seiten und keinen Text. Lassen Sie eine Texterkennung darüberlaufen, etwa ocrmypdf.",
    "It is encrypted: save a copy without a password.": "Sie ist verschlüsselt. Speichern Sie eine Kopie ohne "
    "Kennwort.",
    "It is encrypted: unpack it by hand with its password.": "Sie ist verschlüsselt. Entpacken Sie sie von Hand mit "
    "dem Kennwort.",
    "It is nested more than {count} archives deep: unpack it by hand.": "Darin stecken mehr als {count} Archive "
    "ineinander. Entpacken Sie sie von Hand.",
    "It cannot be read ({reason}): check that it is there and that you may read it.": "Sie lässt sich nicht lesen "
    "({reason}). Prüfen Sie, ob sie da ist und ob Sie sie lesen dürfen.",
    "It takes longer than {seconds} seconds to read: save the article in another format.": "Das Lesen dauert länger "
    "als {seconds} Sekunden. Speichern Sie den Artikel in einem anderen Format.",
    "It needs too much memory to read: save the article in another format.": "Zum Lesen fehlt Speicher. Speichern Sie "
    "den Artikel in einem anderen Format.",
    "Its front matter is not valid YAML: put quotes around values that contain a colon.": "Der Kopf der Datei ist kein "
    "gültiges YAML. Setzen Sie Werte mit einem Doppelpunkt in Anführungszeichen.",
    "The feed is damaged: save it again from its address.": "Der Feed ist beschädigt. Speichern Sie ihn neu von seiner "
    "Adresse.",
    "There is no page at this address ({status}): check the spelling.": "Unter dieser Adresse gibt es keine Seite "
    "({status}). Prüfen Sie die Schreibweise.",
    "The server refuses it ({status}): save the page from your browser, and index the file.": "Der Server lehnt ab "
    "({status}). Speichern Sie die Seite im Browser, und nehmen Sie die Datei auf.",
    "The server cannot be reached ({reason}): check the address and the connection.": "Der Server ist nicht zu "
    "erreichen ({reason}). Prüfen Sie die Adresse und die Verbindung.",
    "The server does not answer in time: try again later.": "Der Server antwortet nicht rechtzeitig. Versuchen Sie es "
    "später noch einmal.",
    "The site asks programs not to fetch it (robots.txt): save the page from your browser.": "Die Seite bittet "
    "Programme, sie nicht zu holen (robots.txt). Speichern Sie sie im Browser.",
}


def reason_sentence(reason: str, texts: Texts) -> Sentence:
    """Return why a file could not be read: in the language of the page, or in English where nobody translated it."""
    if texts.code == GERMAN.code:
        for pattern, translation in _patterns():
            if match := pattern.fullmatch(reason):
                return Sentence(translation.format(**match.groupdict()), GERMAN.code)
    return Sentence(reason, ENGLISH.code)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(english)), re.DOTALL), german)
        for english, german in _GERMAN_REASONS.items()
    ]
