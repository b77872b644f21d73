"""Articles, texts and files for archives in tests, and the stored rows of an archive."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from rag.archive import Archive
from rag.storage.checksums import COLUMNS
from rag.storage.schema import MIGRATIONS
from rag.types import Article

BRIDGE = (
    "Die neue Hubbrücke über den Kattrup wurde am Dienstag nach vier Jahren Bauzeit für den Verkehr freigegeben. "
    "Sie ersetzt ein Bauwerk aus dem Jahr 1934, dessen Lager zuletzt nur noch Lasten bis zwölf Tonnen trugen.\n\n"
    "Die Kosten stiegen nach Angaben der Hafenbehörde von zunächst 61 auf 84 Millionen Euro. Grund seien "
    "Altlasten im Baugrund gewesen, die bei den ersten Bohrungen unentdeckt geblieben waren.\n\n"
    "Fußgänger und Radfahrer müssen sich noch gedulden: Ihr Steg wird erst im kommenden Frühjahr montiert."
)
"""A short article."""
PAGE_AS_TEXT = """\
      * Startseite
      * Politik
          + Inland
          + Ausland
      * Anmelden

      Zum Inhalt springen

          Kleinbahn nach Moorwerder fährt wieder

          Von Hanne Lüders, 12. März 2021 um 18:40 Uhr

          Nach elf Jahren Pause hat die Kleinbahn zwischen Altenfleth und Moorwerder am Freitag den Betrieb \
aufgenommen. Zur ersten Fahrt kamen mehr als zweihundert Menschen an den Bahnhof, viele mit gemalten Schildern.

          Drei Jahre Streit

          Der Landkreis hatte die Strecke 2010 stillgelegt, weil die Brücke über die Fleth als baufällig galt. Ein \
Verein sammelte danach Geld und ließ sie prüfen; das Gutachten bescheinigte ihr noch vierzig Jahre Lebensdauer.

          „Wir haben nie aufgegeben“, sagte der Vorsitzende des Vereins, Jost Behrens, bei der Abfahrt. Die Bahn soll \
nun an jedem Wochenende sechsmal fahren, eine Fahrkarte kostet zwei Euro und fünfzig Cent.

          Unterstützen Sie unseren Journalismus: Als unabhängige Zeitung gehören wir unseren Leserinnen und Lesern. \
Mit einer Spende helfen Sie uns, weiter kostenfrei zu berichten, werden Sie jetzt Mitglied.

          Mehr zum Thema
            * Bahnstrecken im Norden, die wieder befahren werden
            * Was aus dem alten Bahnhof wird

          2 Kommentare

             1. Fietje sagt:
                13. März 2021 um 09:12 Uhr

                Endlich! Ich bin als Kind jeden Sommer mit dieser Bahn zu meiner Oma gefahren und freue mich sehr.

                Antworten
             2. K. Petersen sagt:
                13. März 2021 um 11:30 Uhr

                Zwei Euro fünfzig für neun Kilometer finde ich für eine Familie zu teuer, das muss doch billiger gehen.

                Antworten

      * Impressum
      * Datenschutz
      © 2021 Altenflether Bote
"""
"""A page of a newspaper as a text browser saves it."""


WITHOUT_VERSION_6 = "".join(
    [
        *(f"DROP TRIGGER {table}_{event};" for table in COLUMNS for event in ("stored", "changed")),
        *(f"ALTER TABLE {table} DROP COLUMN checksum;" for table in COLUMNS),
        *(f"DROP TABLE {table};" for table in reversed(re.findall(r"CREATE TABLE (\w+)", MIGRATIONS[6]))),
        *(
            f"ALTER TABLE {table} DROP COLUMN {column};"
            for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", MIGRATIONS[6])
        ),
    ]
)
"""SQL that takes from a database what version 6 and later ones added."""


def article(name: str = "a", text: str = "Ein Satz.", **fields: Any) -> Article:
    """Return a German article whose id and path are its name; further fields by keyword."""
    return Article(**{"id": name, "text": text, "language": "de", "path": name, "sha256": "0" * 64} | fields)


def article_file(title: str, day: str, outlet: str, text: str = BRIDGE) -> str:
    """Return a Markdown file with front matter."""
    return f"---\ntitle: {title}\ndate: {day}\nsource: {outlet}\n---\n{text}\n"


def stored_rows(archive: Archive) -> tuple[list[object], dict[bytes, np.ndarray]]:
    """Return all stored rows without the revision of the archive."""
    rows = archive._database.rows
    articles = rows("SELECT id, title, text, published, same_as, text_key, recipe, recurring FROM articles")
    passages = rows('SELECT key, article, start, "end", input_hash FROM passages')
    bands = rows("SELECT * FROM bands")
    vectors = dict(rows("SELECT input_hash, vector FROM vectors"))
    return [sorted(articles), sorted(passages), sorted(bands)], vectors
