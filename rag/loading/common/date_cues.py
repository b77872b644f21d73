"""Words around a date that show it is not the date of publication."""

from __future__ import annotations

import re

# births and deaths, events, and the handling of a copy: downloads, print-outs
_NOT_PUBLICATION = re.compile(
    r"\b(?:geb(?:oren|urtstag)?|gest(?:orben)?|verstorben|starb|getauft|born|died|death|birth|baptised|née?\s+le|"
    r"mort[es]?\s+le|décédée?s?|nacid[oa]|nació|falleci\w+|nat[oa]\s+il|morto|overleden|geburts\w+|"
    r"\w*todes(?:tag|datum)|naissance|décès|nacimiento|defunción|nascita|nascid[oa]|nascimento|falecid[oa]|faleceu|"
    r"urodzon\w+|urodzenia|ur(?=\.)|zmarł\w*|zm(?=\.)|doğum\w*|ölüm\w*|födde?|født|narozen\w*|родил\w+|рождения|умер\w*|"
    r"veranstaltung\w*|\w*termine?|konzert\w*|lesung|premiere|vernissage|ausstellung|messe|tagung|konferenz|kongress|"
    r"versammlung|sitzung|festival|eröffnung|einweihung|hochzeit|trauung|beerdigung|beisetzung|trauerfeier|einlass|"
    r"beginn|anmeld\w+|bewerbungs\w+|einsendeschluss|frist|deadline|gültig|läuft|kinostart|save the date|event|concert|"
    r"exhibition|conference|meeting|hearing|opening|wedding|funeral|premieres?|valid|expires?|due|starts?|begins?|ends?|"
    r"wann|when|where|venue|doors|tickets?|rsvp|apply|vorverkauf|im kino|in (?:theat(?:er|re)s|cinemas)|concierto|"
    r"evento|événement|spectacle|conférence|obsèques|rendez-vous|lugar|lieu|luogo|release|koncert\w*|wydarzeni\w+|spotkani\w+|"
    r"pogrzeb\w*|etkinli\w+|konser\w*|toplantı\w*|"
    r"herunter\s?geladen|downloaded|download(?= (?:on|from|date|am|vom)\b|\s*:)|abgerufen|abruf\w*|"
    r"zugriffs?|zuletzt (?:besucht|gesehen)|retrieved|accessed|viewed|visited|"
    r"consult(?:é\w*|ation|ado|ato|a)|téléchargé\w*|descarga(?:do)?|scaricato|geraadpleegd|gedownload|acess(?:o|ado)|baixado|"
    r"pobran\w+|dostęp\w*|indir\w+|erişim\w*|hämtad|hentet|staženo|обращения|скачано|"
    r"archiviert|archived|gedruckt|ausgedruckt|ausdruck\w*|druckdatum|printed|print(?:-?out)? (?:date|on|from)|"
    r"imprimé\w*|impression|impres[oa]|impresión|impresso|stampato|data di stampa|afgedrukt|wydruk\w*|yazdır\w*|"
    r"exportiert|exported|captured|snapshot|kopiert|copied|ge?scannt|eingescannt|"
    r"digitali[sz]\w+|scan(?:ned)?|eingegangen|received|eingang\w*|faxed|load[- ]date|ladedatum|"
    r"time of request|job number|"
    r"seit|since|bis|until|ab|impressum|copyright)\b|[©†✝⚰]|\(c\)|^\W*(?:fotos?|photos?|bild)\b|"
    r"\*\s*\d{1,2}\.\s?(?:\d|\w+ 1[789])|"
    r"^[—–-]+\s.*\(@\w|@\w+\)|\bshared by\b|beitrag geteilt",
    re.IGNORECASE,
)
_PUBLICATION_WORDS = re.compile(
    r"\b(?:stand|veröffentlich\w*|publi[zsk]\w+|erschien\w*|erscheinungs\w+|erstellt|gepostet|geschrieben|verfasst|"
    r"published|posted|written|created|publié\w*|publicad\w+|pubblicato|gepubliceerd|opublikowano|dodano|yayın\w*|"
    r"giriş|offentliggjort|publisert|publicerad|опубликовано|опубліковано|artikel|beitrag|meldung|bericht|\w*mitteilung|nachricht|"
    r"ausgabe|edition|issue|\w*zeitung|quelle|source|(?:gespeichert|eingetragen|eingestellt|"
    r"hochgeladen) von|submitted by|"
    r"\w*aktualisier\w*|geändert|updated?|modified|mis à jour|actualizad[oa]|aggiornato|güncelleme|aktualizacja)\b",
    re.IGNORECASE,
)
_EXPLICIT_PUBLICATION = re.compile(
    r"\b(?:veröffentlicht|published|publi(?:é\w*|cad[oa])|pubblicato|erschienen|opublikowano|yayınlan\w+)\b",
    re.IGNORECASE,
)
_PAGE_OR_ISSUE = re.compile(r"\b(?:s|seite|nr|no|heft|pg|page|p|jg|jahrgang|vol)\b\.?\s*:?\s*[A-Z]?\d", re.IGNORECASE)
_DATE = re.compile(r"\b(?:datum|dated?)\b", re.IGNORECASE)
_BYLINE = re.compile(r"^\W*(?:von|by|par|por|di|door|autor(?:in)?|author)\b", re.IGNORECASE)
# after such a word a day belongs to a phrase: the flood of 1 February 1953
_BEFORE_PHRASE_DAY = re.compile(
    r"(?<!^)\b(?:vom|of|of the|du|del|della|dal|dell'|van|zum|from|after|before|nach|vor|der|des|(?<!, )den)\s*$",
    re.IGNORECASE,
)
_PREPOSITION_ON = re.compile(
    r"\b(?:am|on|le|el|il|op|em)\s+(?:(?:[^\W\d_]+),?\s+)?(?:de[nm]\s+|the\s+)?$", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[^\W\d_]{2}[.!?]$")
# "* 3. April 1961 in Emden", "3. April 1961 – 4. Mai 1999", "September 11, 2001: The day that changed us"
_BIRTH_STAR, _IN_PLACE = re.compile(r"(?:^|\()\s*\*\s*$"), re.compile(r"\s+in\s+[^\W\d_]")
_RANGE_END = re.compile(
    r"\s*(?:[–—-]|\b(?:to|till?|bis|au|al|do)\b)\s*(?:\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4}|"
    r"\d{1,2}\.?\s?[^\W_]+\.?\s?\d{4}|[^\W\d_]+ \d{1,2}, \d{4}|[†✝])"
)
# b. 3 May 1931, d. 4 October 1998
_LIFE_DATES = re.compile(r"(?:^|[(,;–-])\s*[bd]\.\s*$")
# an hour without minutes is not a time of publication, nor is a time followed by a venue: 20 Uhr, Stadthalle
_EVENT_TIME = re.compile(
    r"^\W*(?:(?:um|at|à|kl\.?|a las|alle)\s+)?(?:\d{1,2}\s?(?:uhr|heures?|h|[ap]\.?m\b\.?)(?!\s?\d)|"
    r"(?:ore|godz\.?|saat)\s?\d{1,2}\b(?![.:]\d))|"
    r"^\W*(?:(?:um|at|à)\s+)?\d{1,2}[.:h]\d\d(?:\s?(?:uhr|[ap]\.?m\.?))?,\s+(?!uhr|gmt|utc)[^\W\d_]{4,}",
    re.IGNORECASE,
)
# "Wahltag: 3. Juni 2019": a label that does not name a publication names something else
_LABEL = re.compile(
    r"^\W*(?P<label>[^\W\d_][^:|·–—\d]{1,40}?)\s?:\s*(?:[^\W\d_]+\.?,?\s+(?:den\s+|le\s+|the\s+)?)?(?:$|\d)"
)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ' ’./()-]+")
_PUBLICATION_LABEL = re.compile(
    r"stand|veröff|ver[öo]ffent|publi|pubbl|publ\b|ersch[ei]|erstell|post|geschr|verfasst|written|creat|opublik|dodan|"
    r"yay[ıi]n|giriş|offentlig|artikel|article|artículo|articolo|beitrag|meldung|bericht|mitteilung|nachricht|news|press|"
    r"ausgabe|edition|issue|zeitung|quelle|source|aktuali[sz]|änder|updat|modif|revis|jour|actuali|aggiorn|atuali|güncel|"
    r"\b(?:von|by|par|por|di|da|autor(?:in)?|author|auteur|redaktion|eingestellt|gespeichert|hochgeladen|submitted)\b|"
    r"^(?:the\s)?(?:datum|date|dated|data|fecha|tarih|dato|dátum|day|time|zeit)(?:\s?/\s?\w+)?$",
    re.IGNORECASE,
)
_RANGE_START = re.compile(r"(?:\d{4}|\d{4}-\d\d-\d\d)\s*(?:[–—-]|\b(?:to|till?|bis|au|al|do)\b)\s*$")
_SUBJECT_AFTER_COLON = re.compile(r"\s*:\s+[^\W\d_]\S*(?:\s+\S+){2}")
_COPY_NOTICE = re.compile(
    r"^(?:herunter\s?geladen|abgerufen|gedruckt|ausgedruckt|ausdruck|gespeichert|downloaded|retrieved|accessed|printed|"
    r"print(?:-?out)?|téléchargé|consulté|imprimé)\b.{0,20}\d",
    re.IGNORECASE,
)
_TIME_OR_BYLINE = re.compile(r"\W*(?:(?:um|at|à|kl|by|von|par)\b|\d)", re.IGNORECASE)
_WORD, _MIN_SENTENCE_WORDS = re.compile(r"[^\W\d_]+"), 5


def is_unrelated_date(text_before: str, text_after: str) -> bool:
    """Return whether a day in a line is not the day of publication, judged by the text before and after it.

    Excluded are days of births, deaths, events, downloads and print-outs, and days in a sentence or headline.
    """
    line = f"{text_before} {text_after}"
    if _NOT_PUBLICATION.search(line):
        return not _EXPLICIT_PUBLICATION.search(line)
    if (
        (_BIRTH_STAR.search(text_before) and (_IN_PLACE.match(text_after) or not text_after.strip()))
        or _RANGE_END.match(text_after)
        or _SUBJECT_AFTER_COLON.match(text_after)
    ):
        return True
    if (
        _LIFE_DATES.search(text_before)
        or _RANGE_START.search(text_before)
        or (_EVENT_TIME.match(text_after) and not _PUBLICATION_WORDS.search(line))
        or _is_labelled(text_before)
    ):
        return True
    is_stamp = (
        _PUBLICATION_WORDS.search(line) or _DATE.search(line) or _PAGE_OR_ISSUE.search(line) or _BYLINE.match(line)
    )
    return not is_stamp and (
        _BEFORE_PHRASE_DAY.search(text_before) is not None or _is_in_sentence(text_before, text_after)
    )


def _is_labelled(text_before: str) -> bool:
    """Whether the label before a day names something other than a publication."""
    label = _LABEL.match(text_before)
    return bool(label and _LATIN.fullmatch(label["label"]) and not _PUBLICATION_LABEL.search(label["label"]))


def _is_in_sentence(text_before: str, text_after: str) -> bool:
    on = _PREPOSITION_ON.search(text_before)
    if not on:
        line = f"{text_before} {text_after}".strip()
        return len(_WORD.findall(line)) >= _MIN_SENTENCE_WORDS and _SENTENCE_END.search(line) is not None
    words = _WORD.findall(text_before[: on.start()])
    if not words:
        # "Am 3. Mai treffen sich alle", but not "am 3. Mai um 12 Uhr"
        return len(_WORD.findall(text_after)) >= _MIN_SENTENCE_WORDS - 1 and not _TIME_OR_BYLINE.match(text_after)
    # "Frank Hahn am 18. September 2019" has a name before it
    return not words[1:] or any(word[0].islower() for word in words)


def is_copy_notice(line: str) -> bool:
    """Return whether a line says when the text below it was downloaded or printed."""
    return _COPY_NOTICE.match(line) is not None
