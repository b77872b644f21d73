"""Why tables or their rows could not be read, in English as the loaders write it, and in German."""

from __future__ import annotations

from collections.abc import Mapping

REASONS_OF_TABLES: Mapping[str, str] = {
    "It is a table without rows: check that it was saved completely.": (
        "Die Tabelle hat keine Zeilen. Prüfen Sie, ob sie vollständig gespeichert wurde."
    ),
    "No column contains the article's text; the columns are {names}: name it with --columns text=NAME.": (
        "Keine Spalte enthält den Text der Artikel; es gibt die Spalten {names}. Nennen Sie eine davon text."
    ),
    "It is not valid JSON ({reason}): save it again, or as .jsonl.": (
        "Das ist kein gültiges JSON ({reason}). Speichern Sie die Datei neu, oder als .jsonl."
    ),
    "Line {number} is not valid JSON ({reason}): fix or delete it.": (
        "Zeile {number} ist kein gültiges JSON ({reason}). Berichtigen oder löschen Sie sie."
    ),
    "{position} has no text in the column {column}: fill it in, or delete it.": (
        "{position}: In der Spalte {column} steht nichts. Füllen Sie sie aus, oder löschen Sie die Zeile."
    ),
    "{position} is not an object with columns: fix or delete it.": (
        "{position}: Das ist kein Objekt mit Spalten. Berichtigen oder löschen Sie es."
    ),
    "{position}: {inner}": "{position}: {inner}",
    "It is a spreadsheet without rows: check that it was saved completely.": (
        "Die Tabelle hat keine Zeilen. Prüfen Sie, ob sie vollständig gespeichert wurde."
    ),
    "It has no column {name}; its columns are {names}: correct --columns.": (
        "Sie hat keine Spalte {name}; es gibt die Spalten {names}. Berichtigen Sie --columns."
    ),
    "Its first line has no column names: put a line of names at the top, and save it as CSV in UTF-8.": (
        "In ihrer ersten Zeile stehen keine Spaltennamen. Setzen Sie eine Zeile mit Namen an den Anfang, und "
        "speichern Sie sie als CSV in UTF-8."
    ),
    "Line {number} is not a row of the table ({inner}): fix or delete it.": (
        "Zeile {number} gehört nicht zur Tabelle ({inner}). Berichtigen oder löschen Sie sie."
    ),
    "Lines {first} to {last} are not rows of the table ({inner}): fix or delete them.": (
        "Die Zeilen {first} bis {last} gehören nicht zur Tabelle ({inner}). Berichtigen oder löschen Sie sie."
    ),
    "{count} cells instead of {width}": "{count} Zellen statt {width}",
    "a quotation mark inside a text is not doubled": "ein Anführungszeichen im Text ist nicht verdoppelt",
    "a quotation mark is never closed": "ein Anführungszeichen wird nie geschlossen",
    "Line {number} cannot be read ({inner}): fix or delete it.": (
        "Zeile {number} lässt sich nicht lesen ({inner}). Berichtigen oder löschen Sie sie."
    ),
    "it has more than {size} MB": "sie hat mehr als {size} MB",
    "it is not text in any known encoding": "sie ist in keiner bekannten Kodierung",
    "It contains several lists ({names}): save only the one with the articles.": (
        "Sie enthält mehrere Listen ({names}). Speichern Sie nur die mit den Artikeln."
    ),
    "It contains no list of objects: save the articles as a list, or as .jsonl.": (
        "Sie enthält keine Liste von Objekten. Speichern Sie die Artikel als Liste oder als .jsonl."
    ),
    "Its columns have different lengths ({lengths}): save the table again.": (
        "Ihre Spalten sind verschieden lang ({lengths}). Speichern Sie die Tabelle neu."
    ),
    "It has more than {size} MB, too much to read at once: save it as .jsonl in UTF-8.": (
        "Sie hat mehr als {size} MB, zu viel auf einmal. Speichern Sie sie als .jsonl in UTF-8."
    ),
    "It is encrypted: save a copy without password.": "Sie ist verschlüsselt. Speichern Sie eine Kopie ohne Kennwort.",
    "It is not a spreadsheet, or damaged: open it and save it again as .xlsx or CSV.": (
        "Das ist keine Tabelle, oder sie ist beschädigt. Öffnen Sie sie, und speichern Sie sie neu als .xlsx oder CSV."
    ),
}
