"""The German wording of the page and of its tab Evaluate."""

from __future__ import annotations

from ui.wording.texts import Signal, Texts, Words

GERMAN = Texts(
    code="de",
    alternate_code="en",
    alternate_name="English",
    tagline="Stellen Sie Ihrem Archiv eine Frage. Sie bekommen die Textstellen, die sie beantworten: wörtlich und "
    "mit Beleg.",
    box="Ihre Frage, in beliebiger Sprache",
    placeholder="Was möchten Sie wissen?",
    ask="Suchen",
    examples="Beispielfragen",
    passages_heading=("1 Fundstelle", "{count} Fundstellen"),
    closest_heading="Nächstliegende Fundstellen",
    no_passage="Keine Fundstelle",
    nothing_matches="Keine Textstelle erfüllt alle Bedingungen der Frage. Lassen Sie eine Angabe in Anführungszeichen "
    "oder ein -Wort weg.",
    empty_archive="Das Archiv ist noch leer. Fügen Sie in der Bibliothek Artikel hinzu.",
    searching="Archiv wird durchsucht …",
    no_answer="Keine Antwort: Fundstelle ist nicht erreichbar. Prüfen Sie, ob das Programm noch läuft, und suchen Sie "
    "dann noch einmal. Ihre Frage bleibt im Feld stehen.",
    unreachable="Fundstelle ist nicht erreichbar. Prüfen Sie, ob das Programm noch läuft, und versuchen Sie es dann "
    "noch einmal.",
    reconnecting="Fundstelle ist nicht erreichbar. Prüfen Sie, ob das Programm noch läuft. Sobald es antwortet, wird "
    "diese Seite neu geladen.",
    doubtful_heading="Vielleicht nicht die Antwort",
    doubtful_hint="Diese Textstellen behandeln das Thema Ihrer Frage, beantworten sie aber möglicherweise nicht.",
    unrelated_heading="Dazu steht vermutlich nichts im Archiv",
    unrelated_hint="Keine Textstelle handelt wirklich davon. Diese kommen Ihrer Frage am nächsten.",
    absent_times="Aus dieser Zeit ({times}) enthält das Archiv nichts: Damals ist kein Artikel erschienen, und keiner "
    "erwähnt sie.",
    newest_preferred="Sie fragen nach dem Neuesten: Von Textstellen, die etwa gleich gut passen, stehen die aus "
    "neueren Artikeln vorn.",
    damaged=(
        "Ein Artikel ist auf der Festplatte beschädigt worden und fehlt hier: {names}.",
        "{count} Artikel sind auf der Festplatte beschädigt worden und fehlen hier: {names}.",
    ),
    damaged_link="Beschädigte Artikel neu einlesen",
    empty_question="Bitte geben Sie eine Frage ein.",
    long_question="Die Frage ist {count} Zeichen lang. Kürzen Sie sie auf höchstens {limit} Zeichen, und fragen Sie "
    "eins nach dem anderen.",
    wrong_question="So lässt sich nicht suchen. Beschreiben Sie in Worten, was Sie suchen; -Wörter schließen nur aus.",
    archive_gone="Das Archiv wurde gelöscht oder verschoben. Legen Sie es zurück, oder starten Sie Fundstelle mit "
    "einem anderen Archiv.",
    archive_busy="Ein anderes Programm arbeitet gerade mit dem Archiv. Warten Sie, bis es fertig ist, und versuchen "
    "Sie es dann noch einmal.",
    other_encoder="Das Archiv wurde mit einem anderen Sprachmodell aufgebaut. Falls Sie es gerade neu eingelesen "
    "haben, starten Sie Fundstelle neu; sonst lesen Sie Ihre Artikel mit diesem Befehl neu ein: {command}",
    index_again="Kurze Textstellen dieses Archivs sind möglicherweise falsch eingeordnet, weil eine ältere "
    "Version sie eingelesen hat. „fundstelle index ORDNER“ behebt das.",
    failure_heading="Das hat nicht geklappt",
    unexpected="Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal; Näheres steht im Protokoll.",
    operators='"Wörter in Anführungszeichen" müssen genau so vorkommen; -Wort schließt Textstellen aus, die es '
    "enthalten.",
    also_in="Auch in",
    explanation="Warum diese Fundstelle?",
    signals={
        "late": Signal(
            "Wortabgleich", "wie gut sich die Wörter der Frage in der Textstelle wiederfinden (−1\u00a0bis\u00a01)"
        ),
        "dense": Signal("Bedeutung", "wie nah die Textstelle als Ganzes der Frage ist (−1\u00a0bis\u00a01)"),
        "lexical": Signal(
            "Gleiche Wörter", "wie viele Wörter der Frage vorkommen; seltene zählen mehr (0\u00a0bis\u00a01)"
        ),
        "cross": Signal(
            "Cross-Encoder", "wie gut die Textstelle nach seinem Urteil die Frage beantwortet (höher ist besser)"
        ),
    },
    common_words="Gemeinsame Wörter",
    no_common_words="keine",
    duration="in {ms} ms",
    open_article="Im Artikel öffnen",
    original="Zum Original",
    wrong_address="Ein Proxy zeigt diese Seite unter einer Adresse, die Fundstelle nicht kennt. "
    "Starten Sie Fundstelle mit --root-path {address}",
    characters="Zeichen {start}–{end}",
    page_number="Seite {page}",
    reader_comment="Leserkommentar",
    file_missing="Die Datei wurde seit dem Einlesen verschoben oder gelöscht. Lesen Sie ihren neuen Ordner ein, oder "
    "entfernen Sie sie mit „fundstelle forget“ aus dem Archiv.",
    articles=("1 Artikel", "{count} Artikel"),
    passages=("1 Textstelle", "{count} Textstellen"),
    languages=("1 Sprache", "{count} Sprachen"),
    empty_heading="Dieses Archiv ist noch leer",
    empty_link="Artikel in der Bibliothek hinzufügen",
    empty_hint="Oder mit diesem Befehl; laden Sie die Seite danach neu:",
    folder="ORDNER",
    thousands=".",
    decimal=",",
    date="{day}. {month} {year}",
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
)

GERMAN_WORDS = Words(
    texts=GERMAN,
    ask_tab="Fragen",
    tab="Auswerten",
    intro="Wie gut ist die Suche? Testfragen mit bekannten Antworten zeigen es. Fragen, deren Fundstellen Sie "
    "bewerten, werden zu Testfragen.",
    questions_label="Testfragen",
    from_feedback="Ihre Testfragen ({count})",
    own_run_name="Testfragen",
    uploaded_run_name="hochgeladen",
    from_upload="Ihre Datei: {name} ({count})",
    feedback_source="Ihren Testfragen",
    questions=("1 Frage", "{count} Fragen"),
    upload="Datei wählen …",
    upload_hint="Eigene Testfragen als .jsonl oder .csv in UTF-8, höchstens 5 MB. Sie bleiben auf diesem Rechner.",
    too_large="Die Datei ist größer als 5 MB. Verteilen Sie die Fragen auf mehrere Dateien.",
    not_text="Die Datei ist kein Text in UTF-8. Speichern Sie sie als .jsonl oder .csv in UTF-8.",
    no_questions="Es gibt noch keine Testfragen. Bewerten Sie beim Fragen einige Fundstellen, oder wählen Sie eine "
    "Datei.",
    fast="Schnell (ohne Feinsortierung)",
    name="Name (optional)",
    name_hint="Fragendatei und Datum",
    start="Auswerten",
    cancel="Abbrechen",
    preparing="Die Fragen werden eingelesen …",
    progress="{done} von {total} Fragen",
    busy="Es läuft bereits eine Auswertung. Warten Sie, bis sie fertig ist, oder brechen Sie sie ab.",
    nothing_saved="Abgebrochen, bevor die erste Frage gestellt war. Es wurde nichts gespeichert.",
    run_label="Auswertung",
    baseline_label="Vergleichen mit",
    run_facts="{count} aus {source} · {date}",
    interrupted="Abgebrochen nach {done} von {total} Fragen; die Zahlen gelten nur für diese.",
    report="Bericht herunterladen",
    delete="Löschen",
    confirm_delete="Wirklich löschen?",
    deleted="Die Auswertung {name} wurde gelöscht.",
    measures="Kennzahlen",
    measure_meanings={
        "nDCG@10": "wie weit oben die Antworten insgesamt stehen; die wichtigste Kennzahl",
        "RR@10": "1 geteilt durch den Rang der ersten Antwort",
        "Success@1": "Anteil der Fragen, bei denen schon die erste Fundstelle die Antwort enthält",
        "R@5": "Anteil aller Antworten, die unter den ersten fünf Fundstellen stehen",
        "R@10": "Anteil aller Antworten, die unter den ersten zehn Fundstellen stehen",
        "AP@10": "Genauigkeit, gemittelt über die Ränge aller Antworten",
        "P@5": "Anteil der Fundstellen mit Antwort unter den ersten fünf",
    },
    mean="Mittelwert",
    interval="95-%-Intervall",
    answerable="{count} mit Antwort im Archiv",
    slices={
        "question language": "nDCG@10 nach Sprache der Frage",
        "crossing": "nDCG@10 innerhalb einer Sprache und sprachübergreifend",
        "article language": "nDCG@10 nach Sprache des Artikels",
        "tag": "nDCG@10 nach Schlagwort",
    },
    crossing={"within one language": "innerhalb einer Sprache", "across languages": "sprachübergreifend"},
    outcomes_heading="Wie die Fragen ausgingen",
    beaten_by="Was die falsche Fundstelle nach oben brachte",
    not_reranked="die richtige war nicht in der Feinsortierung",
    details_heading="Sicherheit, Bewertungen, Tempo",
    coverage="Bei {share} der Fragen meldete das Archiv eine Antwort.",
    precision="Bei {share} davon steht eine Antwort unter den ersten fünf Fundstellen.",
    auroc="Von je einer Frage mit und einer ohne Antwort erhielt in {share} der Fälle die mit Antwort die höhere "
    "Sicherheit (AUROC; Raten ergäbe 50\u00a0%).",
    calibration="Die Sicherheit liegt im Mittel um {error} daneben (Kalibrierungsfehler, 0 bis 1).",
    sentence="Wo ein Zitat gefunden wurde, gehörte der hervorgehobene Satz in {share} der Fälle dazu.",
    unjudged="{share} der ersten zehn Fundstellen sind unbewertet; sie zählen als falsch.",
    latency="Eine einzelne Frage dauerte im Median {p50} ms; 95\u00a0% dauerten höchstens {p95} ms.",
    human_questions="Fragen von Menschen",
    synthetic_questions="Automatisch erzeugte Fragen",
    not_listed="Hier nicht aufgeführt: {count}. Der Bericht enthält mehr.",
    expected="Erwartet",
    anywhere="irgendwo im Artikel",
    rank="Rang {rank}",
    no_rank="nicht unter den ersten zehn",
    candidate="Kandidat: anfangs Rang {fused}, am Ende Rang {ranked}",
    no_candidate="kein Kandidat",
    results="Fundstellen",
    no_results="Nichts gefunden.",
    judgements={True: "richtig", False: "falsch", None: "unbewertet"},
    claimed="Antwort gemeldet (Sicherheit {share})",
    not_claimed="keine Antwort gemeldet (Sicherheit {share})",
    comparison_heading="{run} im Vergleich mit {baseline}",
    common_questions="Grundlage: {count} mit Antwort, die in beiden gestellt wurden.",
    difference="Unterschied",
    better="besser",
    worse="schlechter",
    no_difference="Kein Unterschied: Alle Fragen gingen gleich aus.",
    not_significant="Kein gesicherter Unterschied ({mean}; p\u00a0=\u00a0{p}). Unterschiede unter {smallest} lassen "
    "sich mit diesen Fragen nicht nachweisen.",
    more_questions="Kein gesicherter Unterschied ({mean}; p\u00a0=\u00a0{p}). Mehr Fragen würden Klarheit schaffen.",
    verdict={
        True: "{run} ist um {mean} besser ({low} bis {high}; p\u00a0=\u00a0{p}).",
        False: "{run} ist um {mean} schlechter ({low} bis {high}; p\u00a0=\u00a0{p}).",
    },
    settings="Abweichende Einstellungen",
    losses="Größte Verluste",
    gains="Größte Gewinne",
    same_run="Das vergleicht {run} mit sich selbst. Wählen Sie eine andere Auswertung.",
    not_comparable="Die beiden Auswertungen haben keine Frage gemeinsam, auf die das Archiv eine Antwort enthält. "
    "Vergleichen Sie Auswertungen derselben Fragen.",
    answers="beantwortet die Frage",
    does_not_answer="beantwortet sie nicht",
    feedback_label="Ihre Bewertung dieser Fundstelle",
    feedback_failed="Die Bewertung konnte nicht gespeichert werden. Laden Sie die Seite neu, und suchen Sie noch "
    "einmal.",
)
