"""The prompt that has an assistant answer with quotations alone, in German and English."""

from __future__ import annotations

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from pydantic import Field

_GERMAN = """\
Beantworte die folgende Frage nur mit wörtlichen Zitaten aus dem Archiv. Suche mit dem Werkzeug `ask`. Zitiere Wort für
Wort und gib zu jedem Zitat die Nummer in eckigen Klammern, Überschrift, Medium und Tag an, dazu den Link, wenn es einen
gibt. Füge nichts hinzu, was nicht in den Zitaten steht. Ist `answerable` falsch, dann sage, dass das Archiv die Frage
nicht beantwortet. Prüfe deinen Text am Ende mit `check_draft`.

Frage: {question}"""
_ENGLISH = """\
Answer the following question only with verbatim quotes from the archive. Search with the tool `ask`. Quote word for
word, and give for each quote its number in square brackets, the headline, the outlet and the day, and the link if there
is one. Add nothing that the quotes do not say. If `answerable` is false, say that the archive does not answer the
question. At the end, check your text with `check_draft`.

Question: {question}"""

Question = Annotated[str, Field(description="what the person wants to know")]


def add_prompts(server: MCPServer) -> None:
    """Add the prompts."""

    @server.prompt(title="Nur mit Zitaten antworten", description="Eine Antwort aus wörtlichen Zitaten des Archivs.")
    def nur_zitate(question: Question) -> str:
        return _GERMAN.format(question=question)

    @server.prompt(title="Answer with quotes only", description="An answer made of verbatim quotes from the archive.")
    def quotes_only(question: Question) -> str:
        return _ENGLISH.format(question=question)
