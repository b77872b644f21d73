"""The wording of the page on which people sign in, and of the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInWords:
    """The wording in one language; `wait` has the seconds until the next attempt."""

    heading: str
    name: str
    password: str
    button: str
    wrong: str
    wait: tuple[str, str]
    failed: str
    sign_out: str
    everywhere: str


SIGN_IN_WORDS: Mapping[str, SignInWords] = {
    "de": SignInWords(
        heading="Anmelden",
        name="Name",
        password="Passwort",  # noqa: S106
        button="Anmelden",
        wrong="Name oder Passwort stimmt nicht.",
        wait=(
            "Zu viele Versuche: Warten Sie eine Sekunde, und versuchen Sie es dann noch einmal.",
            "Zu viele Versuche: Warten Sie {count} Sekunden, und versuchen Sie es dann noch einmal.",
        ),
        failed="Die Anmeldung ist gerade nicht möglich. Wer den Server betreibt, findet den Grund im Protokoll.",
        sign_out="Abmelden",
        everywhere="Überall abmelden",
    ),
    "en": SignInWords(
        heading="Sign in",
        name="Name",
        password="Password",  # noqa: S106
        button="Sign in",
        wrong="Name or password is wrong.",
        wait=(
            "Too many attempts: wait a second, then try again.",
            "Too many attempts: wait {count} seconds, then try again.",
        ),
        failed="Nobody can sign in at the moment. Whoever runs the server finds the reason in its log.",
        sign_out="Sign out",
        everywhere="Sign out everywhere",
    ),
}
