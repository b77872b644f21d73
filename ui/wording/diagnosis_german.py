"""What checks of the archive say in German."""

from __future__ import annotations

from collections.abc import Mapping

_RESTORE = "Das Archiv aus einer Sicherung wiederherstellen, oder seinen Ordner löschen und alles neu einlesen."
_INDEX = "Den Ordner der Artikel neu einlesen: `fundstelle index`."
_REBUILD = "Die nächste Frage baut es neu auf, oder sofort: `fundstelle doctor --fix --archive {folder}`."
_CLOCK = "Die Uhr stellen; geht sie richtig, ist sonst nichts falsch."

GERMAN_CHECKS: Mapping[str, tuple[str, Mapping[str, tuple[str, str]]]] = {
    "permissions": (
        "Zugriffsrechte",
        {
            "well": ("Nur Sie können das Archiv lesen.", ""),
            "open": (
                "Andere Konten dieses Rechners kommen an Dateien des Archivs: {count}, darunter {path}.",
                "`chmod -R go= {folder}`, falls das nicht so gewollt ist.",
            ),
            "foreign": (
                "Dateien des Archivs gehören einem anderen Konto: {count}, darunter {path}.",
                "Dem Besitzer des Ordners geben: `sudo chown -R $(stat -c %U {folder}) {folder}`.",
            ),
        },
    ),
    "space": (
        "Freier Platz",
        {
            "well": ("{free} MB sind frei; alle Verzeichnisse neu aufzubauen braucht {needed} MB.", ""),
            "low": (
                "Nur {free} MB sind frei; alle Verzeichnisse neu aufzubauen braucht {needed} MB.",
                "Auf der Festplatte Platz schaffen.",
            ),
        },
    ),
    "disk": (
        "Festplatte",
        {
            "well": ("Zwei Programme können sich beim Schreiben nicht in die Quere kommen.", ""),
            "network": (
                "Das Archiv liegt auf einem Netzlaufwerk ({kind}).",
                "Fragen geht von überall; einlesen bitte nur von einem Rechner aus, und am besten das Archiv auf eine "
                "Festplatte dieses Rechners legen.",
            ),
            "no_locks": (
                "Das Laufwerk kann Dateien nicht sperren ({error}): Zwei Programme könnten zugleich schreiben.",
                "Das Archiv auf eine Festplatte dieses Rechners legen; bis dahin nur ein Programm zur Zeit benutzen.",
            ),
        },
    ),
    "temporary": (
        "Temporäre Dateien",
        {
            "well": ("{free} MB sind für temporäre Dateien frei.", ""),
            "low": ("In {folder} sind nur {free} MB frei.", "Dort Platz schaffen, oder TMPDIR anders setzen."),
            "unwritable": (
                "{folder} lässt sich nicht beschreiben ({error}).",
                "TMPDIR auf einen anderen Ordner setzen.",
            ),
        },
    ),
    "limits": (
        "Grenzen",
        {
            "well": ("Speicher und offene Dateien sind nicht zu knapp begrenzt.", ""),
            "memory": ("Ein Programm darf {limit} MB belegen; nötig sind {needed} MB.", "`ulimit -v unlimited`"),
            "files": ("Ein Programm darf {limit} Dateien öffnen; nötig sind {needed}.", "`ulimit -n 1024`"),
        },
    ),
    "libraries": (
        "Bibliotheken",
        {
            "well": ("Alle {count} Programmbibliotheken passen zu dieser Version.", ""),
            "outside": (
                "Programmbibliotheken, die nicht zu dieser Version passen: {names}.",
                "`pip install --upgrade fundstelle`",
            ),
        },
    ),
    "leftovers": (
        "Reste",
        {
            "well": ("Kein abgebrochenes Programm hat etwas liegen lassen.", ""),
            "present": (
                "Abgebrochene Programme haben Dateien liegen lassen: {count}, {size} MB, darunter {path}.",
                "`fundstelle doctor --fix --archive {folder}` löscht sie.",
            ),
        },
    ),
    "earlier": (
        "Frühere Datenbanken",
        {
            "well": ("Von einer Umstellung oder Reparatur ist keine aufbewahrt.", ""),
            "present": (
                "Datenbanken, wie sie vor einer Umstellung oder Reparatur waren: {count}, {size} MB, darunter {path}.",
                "Löschen Sie sie, wenn Sie keinen Weg zurück mehr brauchen.",
            ),
        },
    ),
    "journal": (
        "Änderungsprotokoll",
        {
            "well": ("Das Änderungsprotokoll hat {size} MB.", ""),
            "large": (
                "Das Änderungsprotokoll ist auf {size} MB gewachsen.",
                "`fundstelle doctor --fix --archive {folder}` leert es; wächst es wieder, liest ein Programm immerzu.",
            ),
        },
    ),
    "format": (
        "Format",
        {
            "well": ("Das Archiv hat das Format {version} dieser Version.", ""),
            "older": (
                "Das Archiv hat das ältere Format {version}.",
                "Das nächste Einlesen bringt es auf den neuen Stand.",
            ),
            "unusable": ("{error}", ""),
        },
    ),
    "writing": (
        "Schreiben",
        {
            "well": ("Kein anderes Programm schreibt gerade.", ""),
            "busy": ("Ein anderes Programm liest gerade Artikel ein.", "Danach noch einmal prüfen."),
            "readonly": (
                "Das Archiv darf nur gelesen werden ({error}).",
                "Ist das so gewollt, ist nichts zu tun: Fragen geht.",
            ),
        },
    ),
    "clock": (
        "Uhr",
        {
            "well": ("Nichts stammt aus der Zukunft.", ""),
            "future": ("Artikel kamen später ins Archiv, als es jetzt ist ({now}): {count}.", _CLOCK),
            "files": ("{path} wurde später geschrieben, als es jetzt ist ({now}).", _CLOCK),
        },
    ),
    "revisions": (
        "Stand",
        {
            "well": ("Das Archiv hat den Stand {revision}, und nichts ist neuer.", ""),
            "ahead": ("Textstellen haben einen neueren Stand als das Archiv: {count}.", _RESTORE),
        },
    ),
    "strays": (
        "Korrekturen, Urteile, Dossiers",
        {
            "well": ("Zu allen gibt es den Artikel.", ""),
            "present": (
                "Ohne ihren Artikel: {corrections} Korrekturen, {judgements} Urteile, {quotations} Zitate.",
                "Nichts zu tun: Sie bleiben, und gelten wieder, sobald die Datei wieder eingelesen wird.",
            ),
        },
    ),
    "duplicates": (
        "Doppelte",
        {
            "well": ("{count} doppelte Artikel haben ihr Original.", ""),
            "broken": ("Doppelte Artikel ohne Original, oder mit eigenem Text: {count}.", _RESTORE),
            "unsettled": ("Nach einem Abbruch sind noch nicht alle Artikel verglichen.", _INDEX),
        },
    ),
    "calibration": (
        "Kalibrierung",
        {
            "well": ("Die Gewichte der Sicherheit sind brauchbar.", ""),
            "unusable": (
                "Die Gewichte der Sicherheit sind nicht brauchbar: {error}",
                "`fundstelle calibrate --reset --archive {folder}`",
            ),
        },
    ),
    "processor": (
        "Prozessor",
        {
            "well": ("Das Sprachmodell rechnet auf diesem Prozessor richtig.", ""),
            "avoided": (
                "OpenVINO rechnet auf diesem Prozessor nicht überall richtig.",
                "Nichts zu tun: Was falsch ist, wird nicht benutzt.",
            ),
            "untested": ("Das Sprachmodell ist auf diesem Prozessor noch nicht geprüft.", "Das tut die nächste Frage."),
        },
    ),
    "vector_index": (
        "Verzeichnis der Vektoren",
        {
            "well": ("Es hat alle {count} Vektoren.", ""),
            "behind": ("Ihm fehlt, was sich zuletzt geändert hat.", "Nichts zu tun: Die nächste Frage ergänzt es."),
            "missing": ("Es gibt noch keines.", "Nichts zu tun: Die nächste Frage legt es an."),
            "damaged": ("Es ist beschädigt: {error}", _REBUILD),
            "stale": ("Es gehört zu einem anderen Archiv, oder zu einem früheren Stand.", _REBUILD),
            "miscounted": ("Es hat {indexed} Vektoren, die Datenbank {count}.", _REBUILD),
        },
    ),
    "word_index": (
        "Verzeichnis der Wörter",
        {
            "well": ("Es hat alle {count} Textstellen.", ""),
            "behind": ("Ihm fehlt, was sich zuletzt geändert hat.", "Nichts zu tun: Die nächste Frage ergänzt es."),
            "missing": ("Es gibt noch keines.", "Nichts zu tun: Die nächste Frage legt es an."),
            "damaged": ("Es ist beschädigt: {error}", _REBUILD),
            "stale": ("Es gehört zu einem anderen Archiv, oder zu einem früheren Stand.", _REBUILD),
            "miscounted": ("Es hat {indexed} Textstellen, die Datenbank {count}.", _REBUILD),
        },
    ),
    "files": (
        "Dateien der Artikel",
        {
            "well": ("{count} Dateien sind so, wie sie eingelesen wurden.", ""),
            "differ": (
                "Von {count} Dateien fehlen {missing}, und {changed} haben sich geändert, darunter {path}.",
                "Ihren Ordner neu einlesen, oder den, in den sie umgezogen sind; oder `fundstelle forget`.",
            ),
        },
    ),
    "failures": (
        "Unlesbare Dateien",
        {
            "well": ("Alle Dateien ließen sich lesen.", ""),
            "present": (
                "Dateien, die sich nicht lesen ließen: {count}, darunter {path}.",
                "Warum, steht in der Bibliothek.",
            ),
        },
    ),
    "sidecars": (
        "Begleitdateien",
        {
            "well": ("Jede Begleitdatei hat ihre Datei.", ""),
            "alone": (
                "Begleitdateien ohne ihre Datei: {count}, darunter {path}.",
                "Löschen, oder ihre Datei zurücklegen.",
            ),
        },
    ),
    "inbox": (
        "Hochgeladenes",
        {
            "well": ("Alles Hochgeladene ist eingelesen.", ""),
            "unread": (
                "Hochgeladene Dateien, die noch nicht eingelesen sind: {count}, darunter {path}.",
                "`fundstelle index {folder}/inbox --archive {folder}`",
            ),
        },
    ),
}
"""By the name of a check: its subject, and by symptom what was seen and what to do. Only of the checks of the page."""
GERMAN_COMMON = {
    "damaged": ("Beschädigt: {error}", _RESTORE),
    "unchecked": ("Das ließ sich nicht prüfen: {error}", "Das beheben, und noch einmal prüfen."),
}
"""What any check can say: its subject is damaged, or could not be checked."""
