"""The wording of the tab that evaluates, in German and in English, and how its numbers are written in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.evaluation.measures.statistics import Interval
from ui.wording.page import ENGLISH, GERMAN, Texts


@dataclass(frozen=True, slots=True)
class Words:
    """The wording in one language. Names in braces are filled in by the page."""

    texts: Texts
    ask_tab: str
    tab: str
    intro: str
    source: str
    marked: str
    uploaded: str
    questions: tuple[str, str]
    upload: str
    upload_hint: str
    too_large: str
    not_text: str
    no_source: str
    fast: str
    name: str
    name_hint: str
    run: str
    cancel: str
    preparing: str
    progress: str
    busy: str
    nothing_asked: str
    chosen: str
    other: str
    made: str
    asked_of: str
    report: str
    delete: str
    really: str
    deleted: str
    measures: str
    glosses: Mapping[str, str]
    mean: str
    interval: str
    answerable: str
    slices: Mapping[str, str]
    crossing: Mapping[str, str]
    became: str
    fates: Mapping[str, tuple[str, str]]
    beaten: str
    signals: Mapping[str, str]
    certainty: str
    coverage: str
    precision: str
    auroc: str
    calibration: str
    sentence: str
    unjudged: str
    latency: str
    written: str
    synthetic: str
    failures: str
    others: str
    more: str
    wanted: str
    anywhere: str
    rank: str
    no_rank: str
    candidate: str
    no_candidate: str
    came: str
    nothing_came: str
    judged: Mapping[bool | None, str]
    sure: str
    unsure: str
    compared: str
    shared: str
    difference: str
    better: str
    worse: str
    same: str
    uncertain: str
    verdict: Mapping[bool, str]
    settings: str
    losses: str
    gains: str
    not_comparable: str
    answers: str
    answers_not: str
    marking: str
    not_marked: str


_GERMAN = Words(
    texts=GERMAN,
    ask_tab="Fragen",
    tab="Auswerten",
    intro="Wie gut findet das Archiv? Testfragen, deren Antwort bekannt ist, werden gestellt und die Fundstellen "
    "gemessen. Stellen, die Sie beim Fragen markieren, werden zu Testfragen.",
    source="Testfragen",
    marked="Beim Fragen markiert ({count})",
    uploaded="Aus Ihrer Datei: {name} ({count})",
    questions=("1 Frage", "{count} Fragen"),
    upload="Datei wählen …",
    upload_hint="Eigene Testfragen als .jsonl oder .csv in UTF-8, höchstens 5 MB. Sie bleiben auf diesem Rechner.",
    too_large="Die Datei hat mehr als 5 MB: Teilen Sie die Fragen auf mehrere Dateien auf.",
    not_text="Die Datei ist kein Text in UTF-8: Speichern Sie sie als .jsonl oder .csv in UTF-8.",
    no_source="Es gibt noch keine Testfragen: Markieren Sie beim Fragen Stellen, die antworten, oder wählen Sie eine "
    "Datei.",
    fast="Schnell (ohne zweites Lesen)",
    name="Name (muss nicht sein)",
    name_hint="wie die Fragen, mit Datum",
    run="Auswerten",
    cancel="Abbrechen",
    preparing="Die Fragen werden gelesen …",
    progress="{done} von {total} Fragen",
    busy="Es läuft schon eine Auswertung: Warten Sie, bis sie fertig ist, oder brechen Sie sie ab.",
    nothing_asked="Abgebrochen, bevor eine Frage gestellt war; nichts wurde behalten.",
    chosen="Auswertung",
    other="Vergleichen mit",
    made="{count} aus {source}, {made}",
    asked_of="Abgebrochen nach {done} von {total} Fragen: Die Zahlen gelten für diese.",
    report="Bericht herunterladen",
    delete="Löschen",
    really="Wirklich löschen?",
    deleted="Die Auswertung {name} ist gelöscht.",
    measures="Maße",
    glosses={
        "nDCG@10": "wie weit oben alle Antworten stehen; das wichtigste Maß",
        "RR@10": "eins geteilt durch den Rang der ersten Antwort",
        "Success@1": "Anteil der Fragen, deren erste Fundstelle antwortet",
        "R@5": "Anteil der Antworten, die unter den ersten fünf stehen",
        "R@10": "Anteil der Antworten, die unter den ersten zehn stehen",
        "AP@10": "Genauigkeit, gemittelt über die Ränge aller Antworten",
        "P@5": "Anteil der Fundstellen unter den ersten fünf, die antworten",
    },
    mean="Mittel",
    interval="95\u00a0%-Intervall",
    answerable="{count} mit Antwort im Archiv",
    slices={
        "question language": "nDCG@10 nach der Sprache der Frage",
        "crossing": "nDCG@10 in einer Sprache und über Sprachen hinweg",
        "article language": "nDCG@10 nach der Sprache des Artikels",
        "tag": "nDCG@10 nach Stichwort",
    },
    crossing={"within one language": "in einer Sprache", "across languages": "über Sprachen hinweg"},
    became="Was aus den Fragen wurde",
    fates={
        "first": ("Antwort vorn", "Die erste Fundstelle beantwortet die Frage."),
        "wrongly refused": (
            "zu Unrecht verneint",
            "Unter den gezeigten Fundstellen war eine Antwort, doch das Archiv meinte, keine zu haben.",
        ),
        "refused": ("zu Recht verneint", "Nichts beantwortet die Frage, und das Archiv hat es gesagt."),
        "no candidate": (
            "kein Kandidat",
            "Weder dem Sinn noch den Wörtern nach kam eine Stelle, die antwortet, unter die Kandidaten.",
        ),
        "fusion": (
            "überholt",
            "Die Stelle war unter den Kandidaten, aber Sinn und Wörter zusammen setzten eine andere davor.",
        ),
        "re-ranking": ("beim zweiten Lesen überholt", "Vor dem zweiten Lesen stand die Stelle weiter vorn."),
        "split": ("zerschnitten", "Keine Stelle enthält die Hälfte des Zitats: Es wurde auseinandergeschnitten."),
        "doubtful label": (
            "zweifelhaftes Urteil",
            "Die Stelle davor sagt fast dasselbe wie das Zitat: Beantwortet sie die Frage nicht auch?",
        ),
        "answered": (
            "zu Unrecht beantwortet",
            "Nichts beantwortet die Frage, doch das Archiv meinte, eine Antwort zu haben.",
        ),
    },
    beaten="Was die falsche Stelle nach vorn brachte",
    signals={
        "late": "Wortvergleich",
        "dense": "Sinn im Ganzen",
        "lexical": "gemeinsame Wörter",
        "cross": "Cross-Encoder",
        "not read again": "die richtige wurde kein zweites Mal gelesen",
    },
    certainty="Wie sicher das Archiv war",
    coverage="Bei {share} der Fragen meinte das Archiv, eine Antwort zu haben.",
    precision="Davon steht bei {share} eine Antwort unter den ersten fünf Fundstellen.",
    auroc="Von zwei Fragen, einer mit und einer ohne Antwort, traute es der richtigen in {share} der Fälle mehr zu "
    "(AUROC; Raten ergibt 50\u00a0%).",
    calibration="Seine Zuversicht weicht im Mittel um {error} von der Wirklichkeit ab (Kalibrierungsfehler, 0 bis 1).",
    sentence="Wo ein Zitat gefunden wurde, lag der hervorgehobene Satz bei {share} darin.",
    unjudged="{share} der ersten zehn Fundstellen hat niemand beurteilt; sie zählen als falsch.",
    latency="Eine einzelne Frage dauerte {p50} ms (Median), von hundert dauerten 95 höchstens {p95} ms.",
    written="Fragen von Menschen",
    synthetic="Fragen nach einer Regel",
    failures="Misslungen",
    others="Gelungen",
    more="{count} weitere sind hier nicht gezeigt; der Bericht enthält mehr.",
    wanted="Gesucht",
    anywhere="irgendwo im Artikel",
    rank="Rang {rank}",
    no_rank="nicht unter den ersten zehn",
    candidate="als Kandidat Nr. {fused}, zuletzt Nr. {ranked}",
    no_candidate="kein Kandidat",
    came="Gefunden",
    nothing_came="Nichts wurde gefunden.",
    judged={True: "richtig", False: "falsch", None: "unbeurteilt"},
    sure="Das Archiv meinte, eine Antwort zu haben ({share} sicher).",
    unsure="Das Archiv meinte, keine Antwort zu haben ({share} sicher, dass eine da ist).",
    compared="{run} gegen {other}",
    shared="Über {count}, die beide gestellt haben und auf die es eine Antwort gibt.",
    difference="Unterschied",
    better="besser",
    worse="schlechter",
    same="Kein Unterschied: Alle Fragen fielen gleich aus.",
    uncertain="Kein sicherer Unterschied ({mean}; p\u00a0=\u00a0{p}): Einen unter {smallest} können diese Fragen nicht "
    "zeigen.",
    verdict={
        True: "{run} ist besser, um {mean} ({low} bis {high}; p\u00a0=\u00a0{p}).",
        False: "{run} ist schlechter, um {mean} ({low} bis {high}; p\u00a0=\u00a0{p}).",
    },
    settings="Andere Einstellungen",
    losses="Größte Verluste",
    gains="Größte Gewinne",
    not_comparable="Die beiden haben keine Frage gemeinsam, auf die es eine Antwort gibt: Vergleichen Sie Auswertungen "
    "derselben Fragen.",
    answers="beantwortet die Frage",
    answers_not="beantwortet sie nicht",
    marking="Ihr Urteil über diese Stelle",
    not_marked="Das Urteil ließ sich nicht speichern. Laden Sie die Seite neu und fragen Sie noch einmal.",
)

_ENGLISH = Words(
    texts=ENGLISH,
    ask_tab="Ask",
    tab="Evaluate",
    intro="How well does the archive find? Test questions with known answers are asked, and the passages that come "
    "are measured. Passages that you mark while asking become test questions.",
    source="Test questions",
    marked="Marked while asking ({count})",
    uploaded="From your file: {name} ({count})",
    questions=("1 question", "{count} questions"),
    upload="Choose a file …",
    upload_hint="Test questions of your own, .jsonl or .csv in UTF-8, 5 MB at most. They stay on this computer.",
    too_large="The file has more than 5 MB: divide the questions among several files.",
    not_text="The file is no text in UTF-8: save it as .jsonl or .csv in UTF-8.",
    no_source="There are no test questions yet: mark passages that answer while you ask, or choose a file.",
    fast="Fast (without second reading)",
    name="Name (optional)",
    name_hint="questions and date",
    run="Evaluate",
    cancel="Cancel",
    preparing="Reading the questions …",
    progress="{done} of {total} questions",
    busy="An evaluation is running already: wait until it is done, or cancel it.",
    nothing_asked="Cancelled before a question was asked; nothing was kept.",
    chosen="Evaluation",
    other="Compare with",
    made="{count} from {source}, {made}",
    asked_of="Cancelled after {done} of {total} questions: the figures are of these.",
    report="Download report",
    delete="Delete",
    really="Really delete?",
    deleted="The evaluation {name} is deleted.",
    measures="Measures",
    glosses={
        "nDCG@10": "how near to the top all answers are; the main measure",
        "RR@10": "one divided by the rank of the first answer",
        "Success@1": "share of questions whose first passage answers",
        "R@5": "share of the answers that are among the first five",
        "R@10": "share of the answers that are among the first ten",
        "AP@10": "precision, averaged over the ranks of all answers",
        "P@5": "share of the first five passages that answer",
    },
    mean="Mean",
    interval="95% interval",
    answerable="{count} with an answer in the archive",
    slices={
        "question language": "nDCG@10 by language of the question",
        "crossing": "nDCG@10 within one language and across languages",
        "article language": "nDCG@10 by language of the article",
        "tag": "nDCG@10 by tag",
    },
    crossing={"within one language": "within one language", "across languages": "across languages"},
    became="What became of the questions",
    fates={
        "first": ("answer first", "The first passage answers the question."),
        "wrongly refused": (
            "wrongly refused",
            "An answer was among the passages shown, but the archive claimed to have none.",
        ),
        "refused": ("rightly refused", "Nothing answers the question, and the archive said so."),
        "no candidate": (
            "no candidate",
            "Neither meaning nor words brought a passage that answers among the candidates.",
        ),
        "fusion": (
            "overtaken",
            "The passage was a candidate, but meaning and words together put another before it.",
        ),
        "re-ranking": (
            "overtaken in the second reading",
            "The passage was further up before the best ones were read once more.",
        ),
        "split": ("cut apart", "No passage holds half of the quote: it was cut apart."),
        "doubtful label": (
            "doubtful judgement",
            "The passage before it says nearly what the quote says: does it not answer too?",
        ),
        "answered": (
            "wrongly answered",
            "Nothing answers the question, but the archive seemed to have an answer.",
        ),
    },
    beaten="What put the wrong passage first",
    signals={
        "late": "word by word",
        "dense": "meaning as a whole",
        "lexical": "shared words",
        "cross": "cross-encoder",
        "not read again": "the right one was not read once more",
    },
    certainty="How sure the archive was",
    coverage="For {share} of the questions the archive seemed to have an answer.",
    precision="Of these, {share} have an answer among the first five passages.",
    auroc="Of two questions, one with an answer and one without, it trusted the right one more in {share} of the "
    "cases (AUROC; guessing gives 50%).",
    calibration="Its confidence is {error} away from the truth on average (calibration error, 0 to 1).",
    sentence="Where a quote was found, the highlighted sentence lay in it in {share}.",
    unjudged="{share} of the first ten passages were judged by nobody; they count as wrong.",
    latency="A question asked alone took {p50} ms (median); of a hundred, 95 took {p95} ms at most.",
    written="Questions from people",
    synthetic="Questions made by a rule",
    failures="Failures",
    others="Successes",
    more="{count} more are not shown here; the report has more of them.",
    wanted="Wanted",
    anywhere="anywhere in the article",
    rank="rank {rank}",
    no_rank="not among the first ten",
    candidate="candidate no. {fused}, no. {ranked} in the end",
    no_candidate="no candidate",
    came="Found",
    nothing_came="Nothing was found.",
    judged={True: "right", False: "wrong", None: "unjudged"},
    sure="The archive seemed to have an answer ({share} sure).",
    unsure="The archive seemed to have no answer ({share} sure that there is one).",
    compared="{run} against {other}",
    shared="Over {count} that both asked and that have an answer.",
    difference="Difference",
    better="better",
    worse="worse",
    same="No difference: all questions came out alike.",
    uncertain="No certain difference ({mean}; p\u00a0=\u00a0{p}): these questions cannot show one below {smallest}.",
    verdict={
        True: "{run} is better, by {mean} ({low} to {high}; p\u00a0=\u00a0{p}).",
        False: "{run} is worse, by {mean} ({low} to {high}; p\u00a0=\u00a0{p}).",
    },
    settings="Settings that differ",
    losses="Greatest losses",
    gains="Greatest gains",
    not_comparable="The two have no question in common that has an answer: compare evaluations of the same questions.",
    answers="answers the question",
    answers_not="does not answer it",
    marking="Your judgement of this passage",
    not_marked="The judgement could not be stored. Reload the page and ask again.",
)

_WORDS: Mapping[str, Words] = {words.texts.code: words for words in (_GERMAN, _ENGLISH)}


def words_of(texts: Texts) -> Words:
    """Return the wording of the tab in the language of the page."""
    return _WORDS[texts.code]


def fixed(number: float, texts: Texts, sign: str = "") -> str:
    """Return a number with three decimals, as a measure is written: `0.825`, `+0,825`."""
    return f"{number:{sign}.3f}".replace(".", texts.decimal).replace("-", "−")


def percent(share: float, texts: Texts) -> str:
    """Return a share in percent: `82.5%`, `82,5 %`."""
    written = f"{share * 100:.1f}".replace(".", texts.decimal)
    return f"{written}\u00a0%" if texts.code == "de" else f"{written}%"


def bounds(interval: Interval, texts: Texts, sign: str = "") -> str:
    """Return the ends of an interval: `0.712–0.850`, or with signs `−0.010 to +0.020`."""
    low, high = fixed(interval.low, texts, sign), fixed(interval.high, texts, sign)
    if not sign:
        return f"{low}–{high}"
    return f"{low} bis {high}" if texts.code == "de" else f"{low} to {high}"
