"""The tab Evaluate: test questions are selected and asked; runs are shown, compared and deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

import gradio as gr

from rag.archive import Archive
from rag.errors import FundstelleError, shortage_said
from rag.evaluation.measures.trec_measures import MAIN
from rag.evaluation.runs.run_store import RunFacts
from rag.evaluation.session import EvaluationSession
from rag.jobs.evaluation_job import EvaluationJob
from ui.html.comparison import comparison_html
from ui.html.notices import confirmation, error_notice, progress_bar, refusal_notice
from ui.html.run import run_html
from ui.tabs.evaluation_layout import MAX_NAME_LENGTH, NO_BASELINE, EvaluationTab, Updates
from ui.tabs.question_sources import MAX_UPLOAD_CHARACTERS, Source, available_sources, clean, label, uploaded_source
from ui.wording.evaluation import fixed, words_of
from ui.wording.page import texts_of
from ui.wording.texts import Texts, Words

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

_PROGRESS_SECONDS = 0.25  # between two updates of the progress bar

# Only long calls go through the queue, where several pages may follow one evaluation.
_SHORT = {"queue": False, "preprocess": False, "api_visibility": "private", "show_progress": "hidden"}
_LONG = {"concurrency_limit": None, "preprocess": False, "api_visibility": "private", "show_progress": "hidden"}


def wire_evaluation_tab(
    tab: EvaluationTab, opener: gr.HTML, code: gr.Textbox, archive: Archive, job: EvaluationJob
) -> None:
    """Connect the components of the tab, which is filled with feedback and runs whenever `opener` is selected."""
    actions = EvaluationActions(tab, archive, job)
    followed = [tab.progress, tab.run, tab.cancel, tab.run_name, tab.baseline_name]
    opener.select(
        actions.fill, [code, tab.source, tab.upload_source, tab.run_name], [tab.source, *followed], **_SHORT
    ).then(actions.follow, code, followed, **_LONG)
    tab.upload.upload(actions.take_file, code, [tab.progress, tab.upload_source, tab.source], **_SHORT)
    gr.on(
        [tab.run.click, tab.name.submit],
        actions.run,
        [code, tab.source, tab.upload_source, tab.name, tab.fast],
        followed,
        **_LONG,
    )
    tab.cancel.click(actions.cancel, None, tab.cancel, **_SHORT)
    gr.on(tab.run_name.change, actions.show, [code, tab.run_name], tab.run_html, **_SHORT)
    gr.on(
        [tab.run_name.change, tab.baseline_name.change],
        actions.compare,
        [code, tab.run_name, tab.baseline_name],
        tab.comparison,
        **_SHORT,
    )
    tab.run_html.delete(
        actions.delete, [code, tab.run_name], [tab.progress, tab.run_name, tab.baseline_name, tab.run_html], **_SHORT
    )


class EvaluationActions:
    """What happens in the tab. Values from a request are only compared with what is offered."""

    def __init__(self, tab: EvaluationTab, archive: Archive, job: EvaluationJob) -> None:
        self._tab, self._archive, self._job = tab, archive, job
        self._session = EvaluationSession(archive)

    def fill(self, code: object, key: object, upload: Source | None, run_name: object) -> Updates:
        """Offer the current questions and runs; the newest run is shown, unless another one is selected."""
        texts, tab = texts_of(code), self._tab

        def choices() -> Updates:
            return {
                tab.source: self._source_choices(upload, key, words_of(texts)),
                **self._run_choices(run_name, texts),
            }

        return self._or_notice(choices, lambda notice: {tab.progress: notice}, texts)

    def take_file(self, code: object, event: gr.EventData) -> Updates:
        """Read the questions in a file, whose text the browser sends."""
        texts, tab = texts_of(code), self._tab
        words = words_of(texts)
        name, text, fault = (_event_text(event, field) for field in ("name", "text", "fault"))
        if fault or len(text) > MAX_UPLOAD_CHARACTERS:
            return {tab.progress: error_notice(words.not_text if fault == "not text" else words.too_large, texts)}

        def read() -> Updates:
            source = uploaded_source(name, text)
            choices = self._source_choices(source, source.key, words)
            return {tab.progress: "", tab.upload_source: source, tab.source: choices}

        return self._or_notice(read, lambda notice: {tab.progress: notice}, texts)

    def run(self, code: object, key: object, upload: Source | None, name: object, fast: object) -> Iterator[Updates]:
        """Ask the selected questions and yield the progress."""
        texts = texts_of(code)
        notice = self._or_notice(
            lambda: self._start(key, upload, name, fast=fast is True, texts=texts), lambda notice: notice, texts
        )
        if notice:
            yield {self._tab.progress: notice}
        else:
            yield from self.follow(code)

    def _start(self, key: object, upload: Source | None, name: object, *, fast: bool, texts: Texts) -> str:
        """Start the evaluation, or return the notice that says why it cannot start."""
        words = words_of(texts)
        if self._job.running:
            return error_notice(words.busy, texts)
        source = next((source for source in available_sources(self._archive, upload) if source.key == key), None)
        if source is None:
            return error_notice(words.no_questions, texts)
        if not self._archive.status().articles:
            return error_notice(texts.empty_archive, texts)
        run_name = clean(name, MAX_NAME_LENGTH) if isinstance(name, str) else ""
        judgements = self._session.judge(source.questions)
        self._job.start(judgements, run_name or source.run_name(words), source.name, fast=fast)
        return ""

    def follow(self, code: object) -> Iterator[Updates]:
        """Yield the progress of the evaluation, if one is running, and show the run at the end."""
        texts, tab, job = texts_of(code), self._tab, self._job
        updates: Updates = {tab.run: gr.update(visible=False), tab.cancel: gr.update(visible=True, interactive=True)}
        if not job.running:
            yield {tab.run: gr.skip()}
            return
        while True:
            yield {tab.progress: progress_bar(job.state.done, job.state.total, texts), **updates}
            updates = {}
            if job.wait(_PROGRESS_SECONDS):
                break
        buttons = {tab.run: gr.update(visible=True), tab.cancel: gr.update(visible=False)}
        outcome = self._or_notice(lambda: self._outcome(texts), lambda notice: {tab.progress: notice}, texts)
        yield {**buttons, **outcome}

    def cancel(self) -> object:
        """End the evaluation early."""
        self._job.cancel()
        return gr.update(interactive=False)

    def show(self, code: object, run_name: object) -> str:
        """Return a run as HTML; nothing if none is selected."""
        texts = texts_of(code)
        if not isinstance(run_name, str):
            return ""
        runs, words = self._session.runs, words_of(texts)
        return self._or_notice(lambda: run_html(runs.load(run_name), words), lambda notice: notice, texts)

    def compare(self, code: object, run_name: object, baseline_name: object) -> str:
        """Return the comparison of a run with a baseline; nothing if there are not two."""
        texts = texts_of(code)
        if not isinstance(run_name, str) or not isinstance(baseline_name, str):
            return ""
        if baseline_name == NO_BASELINE[1]:
            return ""
        if baseline_name == run_name:
            return confirmation(words_of(texts).same_run.format(run=run_name), texts)

        def comparison() -> str:
            run, baseline = self._session.runs.load(run_name), self._session.runs.load(baseline_name)
            try:
                return comparison_html(run, baseline, words_of(texts))
            except ValueError:
                return error_notice(words_of(texts).not_comparable, texts)

        return self._or_notice(comparison, lambda notice: notice, texts)

    def delete(self, code: object, run_name: object) -> Updates:
        """Delete a run, and show the newest of the remaining ones."""
        texts, tab = texts_of(code), self._tab

        def delete_run() -> Updates:
            self._session.runs.delete(str(run_name))
            notice = confirmation(words_of(texts).deleted.format(name=run_name), texts)
            choices = self._run_choices(None, texts)
            choices[tab.baseline_name]["value"] = NO_BASELINE[1]
            return {tab.progress: notice, tab.run_html: "", **choices}

        return self._or_notice(delete_run, lambda notice: {tab.progress: notice}, texts)

    def _outcome(self, texts: Texts) -> Updates:
        """Return the updates at the end of an evaluation: its run, or why there is none."""
        state, progress = self._job.state, self._tab.progress
        if state.run:
            return {progress: "", **self._run_choices(state.run, texts)}
        if state.refusal:
            return {progress: refusal_notice(state.refusal, texts, self._archive.location)}
        unknown = texts.unexpected if state.phase == "failed" else words_of(texts).nothing_saved
        return {progress: error_notice(unknown, texts)}

    def _source_choices(self, upload: Source | None, key: object, words: Words) -> object:
        """Offer the sources of questions; that with the key is selected, or else the first."""
        sources = available_sources(self._archive, upload)
        keys = [source.key for source in sources]
        value = key if key in keys else next(iter(keys), None)
        return gr.update(choices=[(label(source, words), source.key) for source in sources], value=value)

    def _run_choices(self, run_name: object, texts: Texts) -> Updates:
        """Offer the runs, the newest first; that with the name is selected, or else the newest."""
        runs = list(reversed(self._session.runs.listing()))
        names = [run.name for run in runs]
        choices = [(_run_label(run, texts), run.name) for run in runs]
        value = run_name if run_name in names else next(iter(names), None)
        return {
            self._tab.run_name: gr.update(choices=choices, value=value),
            self._tab.baseline_name: gr.update(choices=[NO_BASELINE, *choices]),
        }

    def _or_notice(self, action: Callable[[], _Result], show: Callable[[str], _Result], texts: Texts) -> _Result:
        """Return what an action returns, or what `show` makes of the notice that says why it failed."""
        try:
            with shortage_said():
                return action()
        except FundstelleError as error:
            return show(refusal_notice(error, texts, self._archive.location))
        except Exception as error:
            _log.error("The tab “Evaluate” failed: %s", type(error).__name__)
            _log.debug("The traceback:", exc_info=True)
            return show(error_notice(texts.unexpected, texts))


def _run_label(run: RunFacts, texts: Texts) -> str:
    return run.name if run.mean is None else f"{run.name} · {MAIN} {fixed(run.mean, texts)}"


def _event_text(event: gr.EventData, field: str) -> str:
    """Return a text of an event, without lone surrogates, which cannot be stored; empty if there is none."""
    try:
        value = getattr(event, field)
    except (AttributeError, TypeError):
        # Gradio looks the name up in whatever the request contains, even None
        return ""
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""
