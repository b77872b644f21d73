"""Why files could not be read, in English as the loaders write it, and in German."""

from __future__ import annotations

from collections.abc import Mapping

REASONS_OF_FILES: Mapping[str, str] = {
    "It is empty: delete it, or save the article again.": (
        "Sie ist leer. Löschen Sie sie, oder speichern Sie den Artikel neu."
    ),
    "It is a binary file, not text: save the article as .txt, .md or .html.": (
        "Sie enthält keinen Text. Speichern Sie den Artikel als .txt, .md oder .html."
    ),
    "It is damaged: save it again, or leave it out.": (
        "Sie ist beschädigt. Speichern Sie sie neu, oder lassen Sie sie weg."
    ),
    "It unpacks to far more than its own size, or contains too many files: unpack it by hand.": (
        "Entpackt wäre sie um ein Vielfaches größer, oder sie enthält zu viele Dateien. Entpacken Sie sie von Hand."
    ),
    "There is no article in it: check that it was saved whole, and what it holds.": (
        "Darin ist kein Artikel. Prüfen Sie, ob sie vollständig gespeichert wurde und was sie enthält."
    ),
    "Not a PDF, or damaged: open it in a viewer and save it again.": (
        "Das ist kein PDF, oder es ist beschädigt. Öffnen Sie es in einem Betrachter, und speichern Sie es neu."
    ),
    "Not a valid {format} document: open it with a program for {same}, and save it again.": (
        "Das ist kein gültiges {format}-Dokument. Öffnen Sie es mit einem Programm dafür, und speichern Sie es neu."
    ),
    "It cannot be opened as an archive: save it again, or unpack it by hand.": (
        "Sie lässt sich nicht als Archiv öffnen. Speichern Sie sie neu, oder entpacken Sie sie von Hand."
    ),
    "It contains no text: check that the article was saved with its body.": (
        "Sie enthält keinen Text. Prüfen Sie, ob der Artikel mitgespeichert wurde."
    ),
    "The page contains no article: open it and save it again, or save its text as .txt.": (
        "Die Seite enthält keinen Artikel. Öffnen Sie sie, und speichern Sie sie neu, oder speichern Sie ihren "
        "Text als .txt."
    ),
    "The page is truncated: save the web archive again.": (
        "Die Seite ist abgeschnitten. Speichern Sie das Webarchiv neu."
    ),
    "Not a web page: save it again from the browser, or save its text as .txt.": (
        "Das ist keine Webseite. Speichern Sie sie neu aus dem Browser, oder ihren Text als .txt."
    ),
    "Unknown text encoding: save it again as UTF-8 text.": (
        "Die Zeichenkodierung ist unbekannt. Speichern Sie den Text als UTF-8."
    ),
    "It has more than {size} MB: split it into smaller files.": (
        "Sie hat mehr als {size} MB. Teilen Sie sie in kleinere Dateien."
    ),
    "The mail has no text: if the article is attached, save the attachment as a file.": (
        "Die E-Mail hat keinen Text. Hängt der Artikel an, speichern Sie den Anhang als Datei."
    ),
    "Not a mail, or damaged: save the mail again as .eml.": (
        "Das ist keine E-Mail, oder sie ist beschädigt. Speichern Sie sie neu als .eml."
    ),
    "It is encrypted: save a copy without a password.": (
        "Sie ist verschlüsselt. Speichern Sie eine Kopie ohne Kennwort."
    ),
    "It is encrypted: unpack it by hand with its password.": (
        "Sie ist verschlüsselt. Entpacken Sie sie von Hand mit dem Kennwort."
    ),
    "It is nested more than {count} archives deep: unpack it by hand.": (
        "Darin stecken mehr als {count} Archive ineinander. Entpacken Sie sie von Hand."
    ),
    "It cannot be read ({reason}): check that it is there and that you may read it.": (
        "Sie lässt sich nicht lesen ({reason}). Prüfen Sie, ob sie da ist und ob Sie sie lesen dürfen."
    ),
    "It takes longer than {seconds} seconds to read: save the article in another format.": (
        "Das Lesen dauert länger als {seconds} Sekunden. Speichern Sie den Artikel in einem anderen Format."
    ),
    "It needs too much memory to read: save the article in another format.": (
        "Zum Lesen fehlt Speicher. Speichern Sie den Artikel in einem anderen Format."
    ),
    "The feed is damaged: save it again from its address.": (
        "Der Feed ist beschädigt. Speichern Sie ihn neu von seiner Adresse."
    ),
    "It looks like {encoding} text but is damaged: save it again as UTF-8.": (
        "Sie sieht nach Text in {encoding} aus, ist aber beschädigt. Speichern Sie sie neu als UTF-8."
    ),
    "It is damaged {encoding} text: save it again as UTF-8.": (
        "Der Text in {encoding} ist beschädigt. Speichern Sie sie neu als UTF-8."
    ),
    "It has {size} MB, but an article may have at most {most} MB: split it into one file for each article.": (
        "Sie hat {size} MB, ein Artikel darf aber höchstens {most} MB haben. Teilen Sie sie in eine Datei je Artikel."
    ),
    "Its name contains bytes that are not text: rename the file.": (
        "Ihr Name enthält Zeichen, die kein Text sind. Benennen Sie die Datei um."
    ),
    "It is not a regular file but a pipe or a device: save the article as a file.": (
        "Das ist keine gewöhnliche Datei, sondern eine Pipe oder ein Gerät. Speichern Sie den Artikel als Datei."
    ),
    "It cannot be read ({cause}): save the article in another format.": (
        "Sie lässt sich nicht lesen ({cause}). Speichern Sie den Artikel in einem anderen Format."
    ),
    "It makes the reader crash ({ending}): save the article in another format.": (
        "Das Lesen bricht ab ({ending}). Speichern Sie den Artikel in einem anderen Format."
    ),
    "Its sidecar {name} is not a JSON object: fix or delete it.": (
        "Die Begleitdatei {name} enthält kein JSON-Objekt. Berichtigen oder löschen Sie sie."
    ),
    "Its sidecar {name} is not valid JSON: fix or delete it.": (
        "Die Begleitdatei {name} ist kein gültiges JSON. Berichtigen oder löschen Sie sie."
    ),
    "It is not an archive: check that it was saved completely.": (
        "Das ist kein Archiv. Prüfen Sie, ob die Datei vollständig gespeichert wurde."
    ),
    "Its compression method is not supported: unpack it by hand.": (
        "Diese Art der Komprimierung ist unbekannt. Entpacken Sie sie von Hand."
    ),
    "The page is compressed {count} times: leave it out.": "Die Seite ist {count}-mal gepackt. Lassen Sie sie weg.",
    "The page cannot be decompressed ({name}): save it again, or leave it out.": (
        "Die Seite lässt sich nicht entpacken ({name}). Speichern Sie sie neu, oder lassen Sie sie weg."
    ),
    "It is not an RSS or Atom feed with entries: save it again from the address of the feed.": (
        "Das ist kein RSS- oder Atom-Feed mit Einträgen. Speichern Sie ihn neu von seiner Adresse."
    ),
    "It defines XML entities, which can be an attack: delete the lines with <!ENTITY.": (
        "Darin werden XML-Entitäten erklärt, was ein Angriff sein kann. Löschen Sie die Zeilen mit <!ENTITY."
    ),
    "The feed is truncated: save it again.": "Der Feed ist abgeschnitten. Speichern Sie ihn neu.",
    "Entry {number} of the feed has no content: save the page that it links to.": (
        "Eintrag {number} des Feeds ist leer. Speichern Sie die Seite, auf die er verweist."
    ),
    "Entry {number} of the feed: {inner}": "Eintrag {number} des Feeds: {inner}",
    "The mail has more than {size} MB: save its attachments as files.": (
        "Die E-Mail hat mehr als {size} MB. Speichern Sie ihre Anhänge als Dateien."
    ),
    "The page has more than {size} MB: leave it out.": "Die Seite hat mehr als {size} MB. Lassen Sie sie weg.",
    "The record cannot be read ({cause}): save the page again.": (
        "Der Eintrag lässt sich nicht lesen ({cause}). Speichern Sie die Seite neu."
    ),
    "The record at {offset} of the web archive is damaged: save the page again.": (
        "Der Eintrag bei {offset} im Webarchiv ist beschädigt. Speichern Sie die Seite neu."
    ),
    "It contains {contents}: index the files with the pages themselves (WARC) or their texts (WET).": (
        "Darin sind keine Seiten und keine Texte ({contents}). Nehmen Sie die Dateien mit den Seiten selbst (WARC) "
        "oder mit ihren Texten (WET) auf."
    ),
    "Unsupported file type.": "Diese Art von Datei ist unbekannt.",
    "Texts outside the order of reading were not read: {names}.": (
        "Texte außerhalb der Lesereihenfolge wurden nicht gelesen: {names}."
    ),
    "Chapters are missing: {names}.": "Kapitel fehlen: {names}.",
    "It is protected against copying (DRM): get a copy without protection.": (
        "Sie hat einen Kopierschutz (DRM). Besorgen Sie eine Fassung ohne Kopierschutz."
    ),
    "It contains no page: open it in a browser and save it again.": (
        "Sie enthält keine Seite. Öffnen Sie sie im Browser, und speichern Sie sie neu."
    ),
    "Its parts are nested too deeply: save the mail again, or its text as .txt.": (
        "Ihre Teile sind zu tief verschachtelt. Speichern Sie die E-Mail neu, oder ihren Text als .txt."
    ),
    "It is damaged: save the mail or page again.": "Sie ist beschädigt. Speichern Sie die E-Mail oder die Seite neu.",
    "Not Rich Text: open it with the program that it was made with, and save it as .rtf.": (
        "Das ist kein Rich Text. Öffnen Sie sie mit dem Programm, aus dem sie stammt, und speichern Sie sie als .rtf."
    ),
    "It is damaged: open it with a program for rtf, and save it again.": (
        "Sie ist beschädigt. Öffnen Sie sie mit einem Programm für .rtf, und speichern Sie sie neu."
    ),
    "It is encrypted or in an old format: save a copy as {format} without a password.": (
        "Sie ist verschlüsselt oder in einem alten Format. Speichern Sie eine Kopie als {format} ohne Kennwort."
    ),
    "Files inside were not read ({names}): open them and save them beside it.": (
        "Eingebettete Dateien wurden nicht gelesen ({names}). Öffnen Sie sie, und speichern Sie sie daneben."
    ),
    "Files inside were not read ({names}): save them beside it.": (
        "Eingebettete Dateien wurden nicht gelesen ({names}). Speichern Sie sie daneben."
    ),
    "It unpacks to more than {size} MB: check where it comes from, or save its text as .txt.": (
        "Entpackt hat sie mehr als {size} MB. Prüfen Sie, woher sie kommt, oder speichern Sie ihren Text als .txt."
    ),
    "It unpacks to more than {factor} times its size: check where it comes from, or save its text as .txt.": (
        "Entpackt ist sie mehr als {factor}-mal so groß. Prüfen Sie, woher sie kommt, oder speichern Sie ihren "
        "Text als .txt."
    ),
    "It seems to hold several articles, which are read as one: save each as a file of its own, or export them "
    "again in a form that can be told apart (docs/articles.md).": (
        "Sie enthält wohl mehrere Artikel, die als einer gelesen wurden. Speichern Sie jeden als eigene Datei, "
        "oder exportieren Sie sie neu in einer Form, die sich trennen lässt (docs/articles.md)."
    ),
    "The file has changed since it was read: index it again to see its pages.": (
        "Die Datei hat sich geändert, seit sie gelesen wurde. Nehmen Sie sie neu auf, um ihre Seiten zu sehen."
    ),
    "The file has changed since it was indexed: index it again to see the omitted lines.": (
        "Die Datei hat sich geändert, seit sie gelesen wurde. Nehmen Sie sie neu auf, um die ausgelassenen Zeilen "
        "zu sehen."
    ),
    "Its page cannot be drawn: open the file in a viewer.": (
        "Ihre Seite lässt sich nicht zeichnen. Öffnen Sie die Datei in einem Betrachter."
    ),
    "It is no longer in its archive or mail: index that again.": (
        "Sie ist nicht mehr in ihrem Archiv oder ihrer E-Mail. Nehmen Sie dieses neu auf."
    ),
    "It has no page {number}: it has {count}.": "Sie hat keine Seite {number}, sondern {count}.",
    "It has {count} pages, more than the {most} that can be read: split it.": (
        "Sie hat {count} Seiten, mehr als die {most}, die gelesen werden. Teilen Sie sie."
    ),
    "It has more than {count} million letters: split it.": (
        "Sie hat mehr als {count} Millionen Buchstaben. Teilen Sie sie."
    ),
    "It contains pictures of pages and no text: {inner}.": "Sie enthält Bilder von Seiten und keinen Text. {inner}.",
    "Its fonts do not say which letters they show: {inner} --force-ocr.": (
        "Ihre Schriften sagen nicht, welche Buchstaben sie zeigen. {inner} --force-ocr."
    ),
    "run a text recognition (OCR) over it, for example ocrmypdf": (
        "Lassen Sie eine Texterkennung (OCR) darüberlaufen, etwa ocrmypdf"
    ),
    "Boxes that are ticked were not read: see page {numbers}.": (
        "Angekreuzte Kästchen wurden nicht gelesen, siehe Seite {numbers}."
    ),
    "Page {number} was not read (a picture of text): {inner}.": (
        "Seite {number} wurde nicht gelesen, sie ist ein Bild. {inner}."
    ),
    "Pages {numbers} were not read (a picture of text): {inner}.": (
        "Die Seiten {numbers} wurden nicht gelesen, sie sind Bilder. {inner}."
    ),
    "Page {number} was not read (damaged): {inner}.": (
        "Seite {number} wurde nicht gelesen, sie ist beschädigt. {inner}."
    ),
    "Pages {numbers} were not read (damaged): {inner}.": (
        "Die Seiten {numbers} wurden nicht gelesen, sie sind beschädigt. {inner}."
    ),
    "open it in a viewer and save it again": "Öffnen Sie sie in einem Betrachter, und speichern Sie sie neu",
    "Its front matter is not valid YAML in line {number}: put quotes around values that contain a colon.": (
        "Der Kopf der Datei ist in Zeile {number} kein gültiges YAML. Setzen Sie Werte mit einem Doppelpunkt in "
        "Anführungszeichen."
    ),
    "Its front matter is not valid YAML: put quotes around values that contain a colon.": (
        "Der Kopf der Datei ist kein gültiges YAML. Setzen Sie Werte mit einem Doppelpunkt in Anführungszeichen."
    ),
    "Files of this kind do not contain exactly one article.": "Solche Dateien enthalten nicht genau einen Artikel.",
    "It does not contain exactly one article.": "Sie enthält nicht genau einen Artikel.",
    "Files of this kind cannot be read.": "Solche Dateien lassen sich nicht lesen.",
    "Files of this kind cannot be read: {inner}": "Solche Dateien lassen sich nicht lesen. {inner}",
    "The sheet {name} was not read. {inner}": "Das Tabellenblatt {name} wurde nicht gelesen. {inner}",
    "The attachment {name} is empty or not in the mail.": "Der Anhang {name} ist leer oder nicht in der E-Mail.",
    "The attachment {name} was not read: {inner}": "Der Anhang {name} wurde nicht gelesen. {inner}",
    "Not all of it was read. {inner}": "Nicht alles wurde gelesen. {inner}",
    "It is nested more than {count} mails deep: save it as a separate file.": (
        "Darin stecken mehr als {count} E-Mails ineinander. Speichern Sie sie als eigene Datei."
    ),
    "save it as one of {kinds}.": "Speichern Sie sie in einem dieser Formate: {kinds}.",
    "save it as .docx, .odt or PDF.": "Speichern Sie sie als .docx, .odt oder PDF.",
    "save it as .eml.": "Speichern Sie sie als .eml.",
    "save it as PDF.": "Speichern Sie sie als PDF.",
    "save it as a separate file if it matters.": "Speichern Sie ihn als eigene Datei, wenn Sie ihn brauchen.",
    "save the sheet as .xlsx or CSV.": "Speichern Sie die Tabelle als .xlsx oder CSV.",
    "unpack it, and index the folder, or pack the files as .zip.": (
        "Entpacken Sie sie, und nehmen Sie den Ordner auf, oder packen Sie die Dateien als .zip."
    ),
    "export the mails as .mbox or .eml.": "Exportieren Sie die E-Mails als .mbox oder .eml.",
    "rename it to .zip.": "Benennen Sie sie in .zip um.",
    "It cannot be cut into passages ({error}): save the article in another format.": (
        "Sie lässt sich nicht in Abschnitte teilen ({error}). Speichern Sie den Artikel in einem anderen Format."
    ),
}
