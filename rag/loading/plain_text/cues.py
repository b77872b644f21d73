"""Multilingual lexical cues of boilerplate: navigation, appeals, hints at other articles, comments."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """An expression in lower case that is searched whatever the case of a text.

    The text is given to it in lower case, since Python takes more than twice as long to search one that ignores case.
    """

    expression: re.Pattern[str]

    def is_in(self, text: str) -> bool:
        """Return whether it occurs in a text."""
        return self.expression.search(text.lower()) is not None

    def matches(self, text: str) -> list[str]:
        """Return what of a text, in lower case, it matches."""
        return self.expression.findall(text.lower())


def _cue(expression: str) -> Cue:
    """Compile an expression that is wrapped over several lines; white space around a line does not count."""
    return Cue(re.compile("".join(line.strip() for line in expression.splitlines())))


def _words(expression: str) -> Cue:
    """Compile an expression that matches any of these expressions as whole words."""
    return _cue(rf"(?<![^\W_])(?:{expression})(?![^\W_])")


CUES: dict[str, Cue] = {
    # the heading of a thread
    "comments": _cue(r"""
        ^\W*(?:\d+\s+|(?:ein|kein|no|one|un|una|een)e?\s+)?(?:leser)?(?:kommentare?|comments?|commentaires?|comentarios?|
        comentários?|commenti|commento|reacties|komentarze|yorum(?:lar)?|комментари\w*|коментар\w*|responses?|antworten|
        gedanken?|thoughts?|replies|réactions?|meinungen|diskussion|discussion|leserbriefe|leserkommentare|kommentieren|
        コメント|评论|評論)\b(?:\s*(?:\(?\d+\)?|zu|on|sur|zum|über|verfassen|schreiben|hinzufügen)\b.*)?\W*\d*\W*$|
        ^\W*\d+\s+(?:antworten|kommentare?|gedanken?|comments?|responses?|thoughts?|replies|reaktionen)\b|
        (?:kommentar|antwort)\s+(?:verfassen|hinterlassen|schreiben|hinzufügen|abgeben)|leave a (?:reply|comment)|
        post a comment|join the (?:conversation|discussion)|laisser un commentaire|
        deja (?:un comentario|una respuesta)|lascia un commento|skriv en kommentar|
        schreibe? (?:einen|deinen|ihren) kommentar|ihr kommentar|dein kommentar
    """),
    "reply": _cue(r"""
        ^\W*(?:auf (?:diesen )?(?:kommentar|beitrag) )?(?:antworten?|reply|répondre|responder|rispondi|beantwoorden|
        odpowiedz|yanıtla|ответить|відповісти|svar|melden|report|permalink|zitieren|quote|gefällt mir|liken liken|like)
        (?:\W+(?:antworten|reply|melden|gefällt mir|zitieren|report|like))*\W*\d*$
    """),
    "speaker": _cue(r"""
        \b(?:sagt|says|said|schreibt|schrieb|meint|meinte|wrote|writes|a dit|dit|dice|dijo|disse|ha scritto|zegt|pisze|
        kommentierte?|antwortete|comments?|commented|replied)\s*(?:am\b.*|on\b.*|at\b.*|um\b.*)?:?$|
        ^(?:gast|guest|anonym|anonymous)\b|^@\S+:?$|
        \bvor \d+ (?:minuten|stunden?|tag(?:en)?|wochen?|monat(?:en)?|jahr(?:en)?)$|
        \b\d+ (?:minutes?|hours?|days?|weeks?|months?|years?) ago$
    """),
    "related": _cue(r"""
        ^\W*(?:mehr (?:zum thema|dazu|aus|lesen|von|zu)|zum thema|
        weitere (?:artikel|beiträge|meldungen|themen|nachrichten|informationen|news)|lesen sie (?:auch|mehr|hier)|
        lies auch|auch interessant|das könnte (?:sie|dich|dir|ihnen) auch|ähnliche (?:artikel|beiträge|themen)|
        verwandte|passend dazu|empfohlen|empfehlungen|meistgelesen|beliebt|neueste|aktuelle|letzte beiträge|top-?themen|
        schlagwörter|stichwörter|themen|tags|kategorien?|archive?|links?|
        related|read (?:more|also|next)|see also|more (?:from|on|stories|like)|recommended|popular|
        most (?:read|popular|viewed)|latest|recent|trending|you (?:may|might) also|topics|keywords|categories|
        à lire|lire aussi|sur le même (?:sujet|thème)|articles? (?:liés|similaires|associés)|voir aussi|
        plus d'articles|leggi anche|articoli correlati|potrebbe interessarti|lee también|te puede interesar|
        noticias relacionadas|más noticias|lees ook|meer over|zobacz (?:też|także)|czytaj (?:też|także|więcej)|
        ilgili haberler|читайте также|читайте також|関連記事|相关|
        vorheriger|nächster|voriger|zurück|weiter|previous|next)\b
    """),
    "share": _words(r"""
        teilen|share|tweet|twittern|facebook|twitter|whatsapp|instagram|pinterest|linkedin|xing|drucken|print|e-mail|
        mailen|merken|flipboard|telegram|partager|compartir|condividi|delen|udostępnij|paylaş|поделиться|rss|feed|
        youtube|pocket|flattr
    """),
    "appeal": _words(r"""
        abo|abonnieren|abonnement|abonnieren sie|newsletter|subscribe|subscription|s'abonner|abonnez-vous|suscríbete|
        abbonati|unterstützen sie|unterstütze uns|unterstützt uns|spenden?|spendet|donate|donation|support us|
        become a member|mitglied werden|genossenschaft|paypal|steady|patreon|paywall|werbefrei|probeabo|sign up|
        jetzt testen|kostenlos testen|per e-mail|faites un don|soutenez|dona ora|doneer|wesprzyj|push|app|gewinnspiel|
        anzeige|werbung|advertisement|sponsored|publicité|affiliate
    """),
    "consent": _words(r"""
        cookies?|datenschutz|datenschutzerklärung|privacy|consent|javascript|tracking|piwik|matomo|impressum|agb|
        nutzungsbedingungen|terms|kontakt|contact|sitemap|mediadaten|barrierefreiheit|mentions légales|
        confidentialité|aviso legal|privacidad|note legali|haftungsausschluss|disclaimer|imprint|adblock(?:er)?|
        browser|no script
    """),
    "rights": _cue(r"""
        ©|\(c\)|copyright|alle rechte|all rights reserved|tous droits|nachdruck|lizenz|license|creative commons|
        cc[ -]by
    """),
    "form": _cue(r"""
        e-?mail-?adresse|pflichtfeld|felder sind|required fields|will not be published|nicht veröffentlicht|passwort|
        password|anmelden|einloggen|eingeloggt|log ?in|registrier|sign in|logout|captcha|benachrichtig|notify me|
        ^name\b.{0,3}$|^website\W*$|suche nach|search for|absenden|abschicken|suchen?\W*$|search\W*$|menü|menu|
        navigation|zum inhalt|skip to
    """),
    "picture": _cue(r"""
        ^\W*(?:foto|bild|photo|image|picture|abbildung|abb|grafik|quelle|source|crédit|video|audio|galerie|
        bildquelle|bildnachweis|symbolbild)s?\b|\bfoto:|\bphoto:|
        \b(?:dpa|afp|reuters|imago|getty|picture alliance|shutterstock|pixabay|istock|fotolia|ap)\b\W*$
    """),
    "author": _cue(r"""
        ^\W*(?:von|by|par|por|di|door|autor(?:in)?|author|text|redaktion|über den autor|about the author|
        veröffentlicht|published|posted|geschrieben|erstellt|stand|aktualisiert|updated|lesezeit|lesedauer)\b
    """),
}

# an appeal addresses its reader, and speaks of its authors
YOU = _words(r"""
    ihnen|ihre[nmrs]?|dich|dir|dein(?:e[nmrs]?)?|euch|euer|eure[nmrs]?|du|ihr|you|your|vous|votre|vos|ustedes?|tu|tus|
    vostr[oaie]|voi|uw|jij|jouw|twój|twoje?|państwo|sizin|size|вы|вас|вам|ваш\w*|ви
""")
US = _words(r"""
    wir|uns|unser(?:e[nmrs]?)?|we|us|our|nous|notre|nos|nosotros|nuestr[oa]s?|noi|nostr[oaie]|wij|ons|onze|nasz\w*|nam|
    biz|bizim|мы|нас|нам|наш\w*|ми
""")

# subjects of appeals for money and subscriptions; an article may contain a word or two of them
APPEAL = _words(r"""
    unterstütz\w*|spende\w*|genossenschaft\w*|journalismus|journalism\w*|paywall|werbefrei\w*|unabhängig\w*|
    independent|mitglied\w*|leser\w*|readers?|support\w*|donat\w*|abo\w*|newsletter|kostenfrei|kostenlos|euro|
    beitrag\w*|membership|subscri\w*|contribut\w*|soutenir|soutenez|dons?|lecteurs?|lectores|apoya\w*|donaci\w*|
    lettori|sosten\w*|sosti\w*
""")
