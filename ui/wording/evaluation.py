"""The wording of the tab Evaluate, in German and in English, and how its numbers are written in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rag.evaluation.measures.statistics import Interval
from rag.evaluation.types import (
    ANSWERED,
    DOUBTFUL,
    FIRST,
    FUSION,
    NO_CANDIDATE,
    REFUSED,
    RERANKING,
    SPLIT,
    WRONGLY_REFUSED,
)
from ui.wording.page import ENGLISH, GERMAN, Texts

NOT_RERANKED = "not read again"
"""What runs store in place of a signal where no passage that answers was re-ranked."""


class Outcome(NamedTuple):
    """How a test question came out: a label and a sentence that explains it."""

    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Words:
    """The wording in one language. Names in braces are filled in by the page."""

    texts: Texts
    ask_tab: str
    tab: str
    intro: str
    questions_label: str
    from_feedback: str
    from_upload: str
    feedback_source: str
    questions: tuple[str, str]
    upload: str
    upload_hint: str
    too_large: str
    not_text: str
    no_questions: str
    fast: str
    name: str
    name_hint: str
    start: str
    cancel: str
    preparing: str
    progress: str
    busy: str
    nothing_saved: str
    run_label: str
    baseline_label: str
    run_facts: str
    interrupted: str
    report: str
    delete: str
    confirm_delete: str
    deleted: str
    measures: str
    measure_meanings: Mapping[str, str]
    mean: str
    interval: str
    answerable: str
    slices: Mapping[str, str]
    crossing: Mapping[str, str]
    outcomes_heading: str
    outcomes: Mapping[str, Outcome]
    beaten_by: str
    not_reranked: str
    details_heading: str
    coverage: str
    precision: str
    auroc: str
    calibration: str
    sentence: str
    unjudged: str
    latency: str
    human_questions: str
    synthetic_questions: str
    failures: str
    successes: str
    not_listed: str
    expected: str
    anywhere: str
    rank: str
    no_rank: str
    candidate: str
    no_candidate: str
    results: str
    no_results: str
    judgements: Mapping[bool | None, str]
    claimed: str
    not_claimed: str
    comparison_heading: str
    common_questions: str
    difference: str
    better: str
    worse: str
    no_difference: str
    not_significant: str
    more_questions: str
    verdict: Mapping[bool, str]
    settings: str
    losses: str
    gains: str
    not_comparable: str
    answers: str
    does_not_answer: str
    feedback_label: str
    feedback_failed: str


_GERMAN = Words(
    texts=GERMAN,
    ask_tab="Fragen",
    tab="Auswerten",
    intro="Wie gut ist die Suche? Testfragen mit bekannten Antworten zeigen es. Fragen, deren Fundstellen Sie "
    "bewerten, werden zu Testfragen.",
    questions_label="Testfragen",
    from_feedback="Beim Fragen bewertet ({count})",
    from_upload="Ihre Datei: {name} ({count})",
    feedback_source="bewerteten Fundstellen",
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
    report="Bericht herunterladen (englisch)",
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
    outcomes={
        FIRST: Outcome("Antwort auf Rang 1", "Die erste Fundstelle beantwortet die Frage."),
        WRONGLY_REFUSED: Outcome(
            "zu Unrecht verneint",
            "Eine der Fundstellen beantwortet die Frage, doch das Archiv meldete, keine Antwort zu haben.",
        ),
        REFUSED: Outcome(
            "zu Recht verneint", "Nichts im Archiv beantwortet die Frage, und das Archiv hat es gemeldet."
        ),
        NO_CANDIDATE: Outcome(
            "kein Kandidat",
            "Weder über die Bedeutung noch über die Wörter kam eine Textstelle mit der Antwort unter die Kandidaten.",
        ),
        FUSION: Outcome(
            "überholt",
            "Eine Textstelle mit der Antwort war Kandidat, lag aber nach Bedeutung und Wörtern zusammen hinter einer "
            "anderen.",
        ),
        RERANKING: Outcome(
            "bei der Feinsortierung überholt",
            "Vor der Feinsortierung stand eine Textstelle mit der Antwort weiter oben.",
        ),
        SPLIT: Outcome("Zitat zerteilt", "Keine Textstelle enthält auch nur die Hälfte des Zitats: Es wurde zerteilt."),
        DOUBTFUL: Outcome(
            "zweifelhafte Vorgabe",
            "Die erste Fundstelle sagt fast dasselbe wie das Zitat. Beantwortet sie die Frage nicht auch?",
        ),
        ANSWERED: Outcome(
            "zu Unrecht bejaht", "Nichts im Archiv beantwortet die Frage, doch das Archiv meldete eine Antwort."
        ),
    },
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
    failures="Misslungen",
    successes="Gelungen",
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
    not_comparable="Die beiden Auswertungen haben keine Frage gemeinsam, auf die das Archiv eine Antwort enthält. "
    "Vergleichen Sie Auswertungen derselben Fragen.",
    answers="beantwortet die Frage",
    does_not_answer="beantwortet sie nicht",
    feedback_label="Ihre Bewertung dieser Fundstelle",
    feedback_failed="Die Bewertung konnte nicht gespeichert werden. Laden Sie die Seite neu, und suchen Sie noch "
    "einmal.",
)

_ENGLISH = Words(
    texts=ENGLISH,
    ask_tab="Ask",
    tab="Evaluate",
    intro="How good is the search? Test questions with known answers show it. Questions whose passages you mark "
    "become test questions.",
    questions_label="Test questions",
    from_feedback="Marked while asking ({count})",
    from_upload="Your file: {name} ({count})",
    feedback_source="passages you marked",
    questions=("1 question", "{count} questions"),
    upload="Choose a file …",
    upload_hint="Your own test questions, .jsonl or .csv in UTF-8, up to 5 MB. They stay on this computer.",
    too_large="The file is larger than 5 MB. Split the questions into several files.",
    not_text="The file is not UTF-8 text. Save it as .jsonl or .csv in UTF-8.",
    no_questions="There are no test questions yet. Mark some passages while asking, or choose a file.",
    fast="Fast (skip re-ranking)",
    name="Name (optional)",
    name_hint="question file and date",
    start="Evaluate",
    cancel="Cancel",
    preparing="Reading the questions …",
    progress="{done} of {total} questions",
    busy="An evaluation is already running. Wait until it has finished, or cancel it.",
    nothing_saved="Cancelled before the first question was asked. Nothing was saved.",
    run_label="Run",
    baseline_label="Compare with",
    run_facts="{count} from {source} · {date}",
    interrupted="Cancelled after {done} of {total} questions; the figures cover only these.",
    report="Download report",
    delete="Delete",
    confirm_delete="Really delete?",
    deleted="The run {name} has been deleted.",
    measures="Measures",
    measure_meanings={
        "nDCG@10": "how high up the answers are overall; the main measure",
        "RR@10": "1 divided by the rank of the first answer",
        "Success@1": "share of questions whose first passage answers",
        "R@5": "share of all answers that are in the top five",
        "R@10": "share of all answers that are in the top ten",
        "AP@10": "precision, averaged over the ranks of all answers",
        "P@5": "share of the top five passages that answer",
    },
    mean="Mean",
    interval="95% interval",
    answerable="{count} with an answer in the archive",
    slices={
        "question language": "nDCG@10 by question language",
        "crossing": "nDCG@10 within one language and across languages",
        "article language": "nDCG@10 by article language",
        "tag": "nDCG@10 by tag",
    },
    crossing={"within one language": "within one language", "across languages": "across languages"},
    outcomes_heading="Outcomes",
    outcomes={
        FIRST: Outcome("answer first", "The first passage answers the question."),
        WRONGLY_REFUSED: Outcome(
            "wrongly refused", "One of the passages answers the question, but the archive reported no answer."
        ),
        REFUSED: Outcome("correctly refused", "Nothing in the archive answers the question, and the archive said so."),
        NO_CANDIDATE: Outcome(
            "no candidate", "Neither meaning nor words brought a passage that answers into the candidates."
        ),
        FUSION: Outcome(
            "outranked",
            "A passage that answers was a candidate, but meaning and words together ranked another one higher.",
        ),
        RERANKING: Outcome("demoted by re-ranking", "A passage that answers ranked higher before re-ranking."),
        SPLIT: Outcome("quote split", "No passage contains even half of the quote: it was split between passages."),
        DOUBTFUL: Outcome(
            "doubtful label",
            "The first passage says nearly the same as the quote. Does it answer the question, too?",
        ),
        ANSWERED: Outcome(
            "wrongly answered", "Nothing in the archive answers the question, but the archive reported an answer."
        ),
    },
    beaten_by="What ranked the wrong passage higher",
    not_reranked="the right one was not re-ranked",
    details_heading="Confidence, judgements, speed",
    coverage="The archive reported an answer to {share} of the questions.",
    precision="Of these, {share} have an answer in the top five passages.",
    auroc="Given one question with an answer and one without, the one with an answer got the higher confidence in "
    "{share} of cases (AUROC; chance is 50%).",
    calibration="Confidence is off by {error} on average (calibration error, 0 to 1).",
    sentence="Where a quote was found, the highlighted sentence was part of it in {share} of cases.",
    unjudged="{share} of the top ten passages are unjudged; they count as wrong.",
    latency="A single question took {p50} ms (median); 95% took at most {p95} ms.",
    human_questions="Questions written by people",
    synthetic_questions="Synthetic questions",
    failures="Failures",
    successes="Successes",
    not_listed="Not listed here: {count}. The report lists more.",
    expected="Expected",
    anywhere="anywhere in the article",
    rank="rank {rank}",
    no_rank="not in the top ten",
    candidate="candidate rank {fused} initially, {ranked} finally",
    no_candidate="not a candidate",
    results="Results",
    no_results="Nothing found.",
    judgements={True: "right", False: "wrong", None: "unjudged"},
    claimed="answer reported (confidence {share})",
    not_claimed="no answer reported (confidence {share})",
    comparison_heading="{run} compared with {baseline}",
    common_questions="Based on {count} with an answer that were asked in both.",
    difference="Difference",
    better="better",
    worse="worse",
    no_difference="No difference: all questions have the same result.",
    not_significant="No significant difference ({mean}; p\u00a0=\u00a0{p}). These questions cannot detect "
    "differences below {smallest}.",
    more_questions="No significant difference ({mean}; p\u00a0=\u00a0{p}). More questions would settle it.",
    verdict={
        True: "{run} is better by {mean} ({low} to {high}; p\u00a0=\u00a0{p}).",
        False: "{run} is worse by {mean} ({low} to {high}; p\u00a0=\u00a0{p}).",
    },
    settings="Different settings",
    losses="Largest losses",
    gains="Largest gains",
    not_comparable="The two runs have no answerable question in common. Compare runs of the same questions.",
    answers="answers the question",
    does_not_answer="does not answer it",
    feedback_label="Your feedback on this passage",
    feedback_failed="Your feedback could not be saved. Reload the page and search again.",
)

_WORDS: Mapping[str, Words] = {words.texts.code: words for words in (_GERMAN, _ENGLISH)}


def words_of(texts: Texts) -> Words:
    """Return the wording of the tab in the language of the page."""
    return _WORDS[texts.code]


def outcome_of(fate: str, words: Words) -> Outcome:
    """Return the wording of an outcome as runs store it; an unknown one is its own label."""
    return words.outcomes.get(fate, Outcome(fate, ""))


def signal_label(name: str, words: Words) -> str:
    """Return the label of a signal as runs store it, or why there is none; an unknown one is its own label."""
    if name == NOT_RERANKED:
        return words.not_reranked
    signal = words.texts.signals.get(name)
    return signal.label if signal else name


def fixed(number: float, texts: Texts, sign: str = "") -> str:
    """Return a number with three decimals, as a measure is written: `0.825`, `+0,825`."""
    return f"{number:{sign}.3f}".replace(".", texts.decimal).replace("-", "−")


def percent(share: float, texts: Texts) -> str:
    """Return a share, between 0 and 1, in percent: `82.5%`, `82,5 %`."""
    number = f"{share * 100:.1f}".replace(".", texts.decimal)
    return f"{number}\u00a0%" if texts.code == "de" else f"{number}%"


def bounds(interval: Interval, texts: Texts, sign: str = "") -> str:
    """Return the ends of an interval: `0.712–0.850`, or with signs `−0.010 to +0.020`."""
    low, high = fixed(interval.low, texts, sign), fixed(interval.high, texts, sign)
    if not sign:
        return f"{low}–{high}"
    return f"{low} bis {high}" if texts.code == "de" else f"{low} to {high}"
