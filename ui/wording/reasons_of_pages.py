"""Why pages and folders could not be read, in English as it is reported, and in German."""

from __future__ import annotations

from collections.abc import Mapping

REASONS_OF_PAGES: Mapping[str, str] = {
    "There is no page at this address ({status}): check the spelling.": (
        "Unter dieser Adresse gibt es keine Seite ({status}). Prüfen Sie die Schreibweise."
    ),
    "The server refuses it ({status}): save the page from your browser, and index the file.": (
        "Der Server lehnt ab ({status}). Speichern Sie die Seite im Browser, und nehmen Sie die Datei auf."
    ),
    "The server cannot be reached ({reason}): check the address and the connection.": (
        "Der Server ist nicht zu erreichen ({reason}). Prüfen Sie die Adresse und die Verbindung."
    ),
    "The server does not answer in time: try again later.": (
        "Der Server antwortet nicht rechtzeitig. Versuchen Sie es später noch einmal."
    ),
    "The site asks programs not to fetch it (robots.txt): save the page from your browser.": (
        "Die Seite bittet Programme, sie nicht zu holen (robots.txt). Speichern Sie sie im Browser."
    ),
    "It is for those who have signed in ({status}): save the page from your browser, and index the file.": (
        "Die Seite ist nur für Angemeldete ({status}). Speichern Sie die Seite im Browser, und nehmen Sie die "
        "Datei auf."
    ),
    "The page was taken down ({status}).": "Die Seite wurde gelöscht ({status}).",
    "The server asks for fewer requests ({status}): run the same command later.": (
        "Der Server bittet um weniger Anfragen ({status}). Geben Sie denselben Befehl später noch einmal."
    ),
    "The server cannot give it ({status}): try again later.": (
        "Der Server kann sie nicht liefern ({status}). Versuchen Sie es später noch einmal."
    ),
    "It redirects more than {count} times: open it in a browser to see where to.": (
        "Sie leitet mehr als {count}-mal weiter. Öffnen Sie sie im Browser, um zu sehen, wohin."
    ),
    "The site's robots.txt cannot be read ({status}): try again later.": (
        "Die robots.txt der Seite lässt sich nicht lesen ({status}). Versuchen Sie es später noch einmal."
    ),
    "It leads to {address}, which is not a page on the web.": (
        "Sie führt zu {address}, und das ist keine Seite im Netz."
    ),
    "It leads into your own network ({host}): give that address yourself.": (
        "Sie führt in Ihr eigenes Netz ({host}). Geben Sie diese Adresse selbst an."
    ),
    "It redirects to something that is not an address.": "Sie leitet zu etwas weiter, das keine Adresse ist.",
    "It failed several times in a row, and {count} more of its addresses were left: run the same command later.": (
        "Mehrere Versuche hintereinander schlugen fehl, {count} weitere Adressen blieben übrig. Geben Sie "
        "denselben Befehl später noch einmal."
    ),
    "It stops here after {count} pages: run the same command again for the others.": (
        "Nach {count} Seiten ist hier Schluss. Geben Sie denselben Befehl noch einmal für die übrigen."
    ),
    "It is a list of further pages: give its address to `fundstelle index` if you want them.": (
        "Das ist eine Liste weiterer Seiten. Geben Sie ihre Adresse an `fundstelle index`, wenn Sie diese möchten."
    ),
    "It is a feed or sitemap that links to no page.": "Das ist ein Feed oder eine Sitemap ohne Verweis auf eine Seite.",
    "Entries of the feed without a link ({count}) were left: save the feed as a file, and index that for their text.": (
        "Einträge des Feeds ohne Verweis ({count}) blieben übrig. Speichern Sie den Feed als Datei, und nehmen Sie "
        "ihn auf, um ihren Text zu lesen."
    ),
    "There is no sitemap at this address.": "Unter dieser Adresse gibt es keine Sitemap.",
    "The page is empty.": "Die Seite ist leer.",
    "It is of a kind that cannot be read ({kind}): save it as a text or PDF.": (
        "Solche Seiten lassen sich nicht lesen ({kind}). Speichern Sie sie als Text oder PDF."
    ),
    "The server failed several times in a row: run the same command later.": (
        "Der Server versagte mehrmals hintereinander. Geben Sie denselben Befehl später noch einmal."
    ),
    "The server asks to wait {count} minutes: run the same command later.": (
        "Der Server bittet, {count} Minuten zu warten. Geben Sie denselben Befehl später noch einmal."
    ),
    "The answer is packed in a way that is not read ({name}): save the page by hand.": (
        "Die Antwort ist auf unbekannte Weise gepackt ({name}). Speichern Sie die Seite von Hand."
    ),
    "The answer is damaged: try again later.": "Die Antwort ist beschädigt. Versuchen Sie es später noch einmal.",
    "It is not a valid address: check the spelling.": "Das ist keine gültige Adresse. Prüfen Sie die Schreibweise.",
    "It has more than {size} MB: save it by hand, and index the file.": (
        "Sie hat mehr als {size} MB. Speichern Sie sie von Hand, und nehmen Sie die Datei auf."
    ),
    "The server answers too slowly: try again later.": (
        "Der Server antwortet zu langsam. Versuchen Sie es später noch einmal."
    ),
    "It unpacks to more than {size} MB: give the addresses of its pages.": (
        "Entpackt hat sie mehr als {size} MB. Geben Sie die Adressen ihrer Seiten an."
    ),
    "The folder holds no article any more, but {count} came from there: they are kept, in case a disk is not "
    "connected. If it is gone for good, `fundstelle forget {folder}`.": (
        "Der Ordner enthält keinen Artikel mehr, aber {count} stammen von dort. Sie bleiben erhalten, falls ein "
        "Laufwerk nicht verbunden ist. Ist er endgültig weg: `fundstelle forget {folder}`."
    ),
    "The folder cannot be read ({reason}): check its permissions.": (
        "Der Ordner lässt sich nicht lesen ({reason}). Prüfen Sie seine Zugriffsrechte."
    ),
    "It was not read: {inner}": "Sie wurde nicht gelesen. {inner}",
    "{count} {suffix} files were not read ({names}). For each: {inner}": (
        "{count} {suffix}-Dateien wurden nicht gelesen ({names}). Für jede: {inner}"
    ),
}
