"""What the tab does where one evaluates: questions are chosen and asked, runs are shown, compared and deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

import gradio as gr

from rag.archive import Archive
from rag.errors import FundstelleError
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.runs.run_store import RunFacts
from rag.evaluation.session import EvaluationSession
from ui.html import answer as render
from ui.html.comparison import compared_html
from ui.html.run import run_html
from ui.tabs.evaluation_job import Bench
from ui.tabs.evaluation_layout import NAME_LENGTH, NOBODY, EvaluateTab, Updates
from ui.tabs.question_sources import MOST, Source, clean, handed_in, label, offered
from ui.wording.evaluation import Words, fixed, words_of
from ui.wording.page import Texts, texts_of

_log = logging.getLogger(__name__)
_Made = TypeVar("_Made")

_TICK = 0.25

# Only what takes long goes through the queue, where several pages may watch one evaluation.
_QUIET = {"queue": False, "preprocess": False, "api_visibility": "private", "show_progress": "hidden"}
_LONG = {"concurrency_limit": None, "preprocess": False, "api_visibility": "private", "show_progress": "hidden"}


def wire_evaluate(tab: EvaluateTab, opened: gr.Tab, code: gr.Textbox, archive: Archive, bench: Bench) -> None:
    """Let the tab do what it shows. It is filled whenever it is `opened`: marks and runs come meanwhile."""
    does = Evaluating(tab, archive, bench)
    watched = [tab.progress, tab.run, tab.cancel, tab.chosen, tab.other]
    opened.select(does.fill, [code, tab.source, tab.uploaded, tab.chosen], [tab.source, *watched], **_QUIET).then(
        does.follow, code, watched, **_LONG
    )
    tab.upload.upload(does.take, code, [tab.progress, tab.uploaded, tab.source], **_QUIET)
    gr.on(
        [tab.run.click, tab.name.submit],
        does.run,
        [code, tab.source, tab.uploaded, tab.name, tab.fast],
        watched,
        **_LONG,
    )
    tab.cancel.click(does.cancel, None, tab.cancel, **_QUIET)
    gr.on(tab.chosen.change, does.show, [code, tab.chosen], tab.shown, **_QUIET)
    gr.on([tab.chosen.change, tab.other.change], does.compare, [code, tab.chosen, tab.other], tab.compared, **_QUIET)
    tab.shown.delete(does.delete, [code, tab.chosen], [tab.progress, tab.chosen, tab.other, tab.shown], **_QUIET)


class Evaluating:
    """What happens in the tab. Whatever a request holds is only compared with what there is."""

    def __init__(self, tab: EvaluateTab, archive: Archive, bench: Bench) -> None:
        self._tab, self._archive, self._bench = tab, archive, bench
        self._session = EvaluationSession(archive)

    def fill(self, code: object, key: object, uploaded: Source | None, chosen: object) -> Updates:
        """Offer the questions and the runs that there are now; the newest run is shown, unless another one is."""
        texts, tab = texts_of(code), self._tab

        def filled() -> Updates:
            return {tab.source: self._sources(uploaded, key, words_of(texts)), **self._runs(chosen, texts)}

        return _or_sentence(filled, lambda sentence: {tab.progress: sentence}, texts)

    def take(self, code: object, event: gr.EventData) -> Updates:
        """Read the questions in a file that the browser has read."""
        texts, tab = texts_of(code), self._tab
        words = words_of(texts)
        name, text, fault = (_part(event, part) for part in ("name", "text", "fault"))
        if fault or len(text) > MOST:
            return {tab.progress: render.error(words.not_text if fault == "not text" else words.too_large, texts)}

        def taken() -> Updates:
            source = handed_in(name, text)
            offer = self._sources(source, source.key, words)
            return {tab.progress: "", tab.uploaded: source, tab.source: offer}

        return _or_sentence(taken, lambda sentence: {tab.progress: sentence}, texts)

    def run(self, code: object, key: object, uploaded: Source | None, name: object, fast: object) -> Iterator[Updates]:
        """Ask the questions that are chosen, and tell how far it is."""
        texts, progress = texts_of(code), self._tab.progress

        def begun() -> str:
            if self._bench.running:
                return render.error(words_of(texts).busy, texts)
            source = next((one for one in offered(self._archive, uploaded) if one.key == key), None)
            if source is None:
                return render.error(words_of(texts).no_source, texts)
            wished = clean(name, NAME_LENGTH) if isinstance(name, str) else ""
            self._bench.start(
                self._session.judge(source.questions), wished or source.run_name(), source.name, fast=fast is True
            )
            return ""

        if refused := _or_sentence(begun, lambda sentence: sentence, texts):
            yield {progress: refused}
        else:
            yield from self.follow(code)

    def follow(self, code: object) -> Iterator[Updates]:
        """Tell how far the evaluation is that is running, if one is, and show the run when it is done."""
        texts, tab, bench = texts_of(code), self._tab, self._bench
        changed: Updates = {tab.run: gr.update(visible=False), tab.cancel: gr.update(visible=True, interactive=True)}
        if not bench.running:
            yield {tab.run: gr.skip()}
            return
        while True:
            yield {tab.progress: render.progress(*bench.done, texts), **changed}
            changed = {}
            if bench.wait(_TICK):
                break
        buttons = {tab.run: gr.update(visible=True), tab.cancel: gr.update(visible=False)}
        yield {**buttons, **_or_sentence(self._ended(texts), lambda sentence: {tab.progress: sentence}, texts)}

    def cancel(self) -> object:
        """End the evaluation early."""
        self._bench.cancel()
        return gr.update(interactive=False)

    def show(self, code: object, name: object) -> str:
        """Return a run as HTML; nothing if none is chosen."""
        texts = texts_of(code)
        if not isinstance(name, str):
            return ""
        runs = self._session.runs
        return _or_sentence(lambda: run_html(runs.load(name), words_of(texts)), lambda sentence: sentence, texts)

    def compare(self, code: object, name: object, other: object) -> str:
        """Return how a run differs from another one; nothing if there are not two."""
        texts = texts_of(code)
        if not isinstance(name, str) or not isinstance(other, str) or other in {NOBODY[1], name}:
            return ""

        def beside() -> str:
            runs = self._session.runs
            run, before = runs.load(name), runs.load(other)
            try:
                return compared_html(run, before, words_of(texts))
            except ValueError:
                return render.error(words_of(texts).not_comparable, texts)

        return _or_sentence(beside, lambda sentence: sentence, texts)

    def delete(self, code: object, name: object) -> Updates:
        """Forget a run, and show the newest of the others."""
        texts, tab = texts_of(code), self._tab

        def deleted() -> Updates:
            self._session.runs.delete(str(name))
            said = render.said(words_of(texts).deleted.format(name=name), texts)
            runs = self._runs(None, texts)
            runs[tab.other]["value"] = NOBODY[1]
            return {tab.progress: said, tab.shown: "", **runs}

        return _or_sentence(deleted, lambda sentence: {tab.progress: sentence}, texts)

    def _ended(self, texts: Texts) -> Callable[[], Updates]:
        """Return what is to be done when an evaluation has ended."""
        outcome, progress = self._bench.outcome, self._tab.progress
        if outcome.run:
            return lambda: {progress: "", **self._runs(outcome.run, texts)}
        sentence = outcome.refusal or (texts.unexpected if outcome.failed else words_of(texts).nothing_asked)
        return lambda: {progress: render.error(sentence, texts)}

    def _sources(self, uploaded: Source | None, key: object, words: Words) -> object:
        sources = offered(self._archive, uploaded)
        keys = [one.key for one in sources]
        value = key if key in keys else next(iter(keys), None)
        return gr.update(choices=[(label(one, words), one.key) for one in sources], value=value)

    def _runs(self, chosen: object, texts: Texts) -> Updates:
        """Offer the runs, the newest first, and choose that one, or the newest."""
        runs = list(reversed(self._session.runs.listing()))
        names = [one.name for one in runs]
        choices = [(_run_label(one, texts), one.name) for one in runs]
        return {
            self._tab.chosen: gr.update(choices=choices, value=chosen if chosen in names else next(iter(names), None)),
            self._tab.other: gr.update(choices=[NOBODY, *choices]),
        }


def _run_label(run: RunFacts, texts: Texts) -> str:
    return run.name if run.mean is None else f"{run.name} · {MAIN} {fixed(run.mean, texts)}"


def _or_sentence(deed: Callable[[], _Made], refused: Callable[[str], _Made], texts: Texts) -> _Made:
    """Do it, or give `refused` the HTML of a sentence that says why it cannot be done."""
    try:
        return deed()
    except FundstelleError as refusal:
        # it may quote what the file holds, which need not be signs that can be sent
        return refused(render.error(_sendable(str(refusal)), texts))
    except Exception as error:
        _log.error("The tab “Evaluate” failed: %r", error)
        _log.debug("It happened here:", exc_info=True)
        return refused(render.error(texts.unexpected, texts))


def _part(event: gr.EventData, name: str) -> str:
    """Return a text that came with an event, in signs that can be stored; nothing if none came."""
    try:
        value = getattr(event, name)
    except (AttributeError, TypeError):
        # Gradio looks for the name in whatever the request holds, even in nothing
        return ""
    return _sendable(value) if isinstance(value, str) else ""


def _sendable(text: str) -> str:
    return text.encode(errors="replace").decode()
