"""One evaluation for each of many settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import product

from rag.archive import Archive
from rag.config import Config, RankingConfig, with_setting
from rag.errors import ConfigError
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.runs.caching_encoder import CachingEncoder
from rag.evaluation.runs.evaluate import OnProgress, evaluate
from rag.evaluation.runs.scratch_archives import OnArticle, rechunked_archive
from rag.evaluation.types import Run

Settings = Mapping[str, str]
"""Settings by name, with their values as text."""

_MAX_COMBINATIONS = 200


@dataclass(frozen=True)
class Setup:
    """How articles are split, and how passages are ranked."""

    config: Config
    ranking: RankingConfig

    def changed(self, settings: Settings) -> Setup:
        """Return it with other values.

        Raises:
            ConfigError: there is no such setting, or it cannot have this value.
        """
        config, ranking = self.config, self.ranking
        for name, value in settings.items():
            config, ranking = with_setting(config, ranking, name, value)
        return Setup(config, ranking)


def grid(swept: Mapping[str, Sequence[str]]) -> list[Settings]:
    """Return all combinations of the values of several settings.

    Raises:
        ConfigError: there are too many.
    """
    points: list[Settings] = [dict(zip(swept, values, strict=True)) for values in product(*swept.values())]
    if len(points) > _MAX_COMBINATIONS:
        raise ConfigError(
            f"These are {len(points)} combinations, and at most {_MAX_COMBINATIONS} are tried: sweep fewer values."
        )
    return points


def sweep_runs(
    archive: Archive,
    judgements: Sequence[Judgement],
    setups: Mapping[str, Setup],
    *,
    questions: str,
    operators: bool = True,
    on_progress: OnProgress | None = None,
    on_article: OnArticle | None = None,
) -> Iterator[Run]:
    """Yield a run for each named setup. Articles that are split differently are encoded once and kept in the cache.

    Args:
        on_progress: called with the questions asked so far and the questions of all setups.
        on_article: called with the number of articles that have been split again.
    """
    encoder = CachingEncoder(archive.encoder)
    for number, (name, setup) in enumerate(setups.items()):
        with _archive_for(setup.config, archive, on_article) as split_archive:
            # the articles are the same: judgements by span stay right
            yield evaluate(
                split_archive,
                judgements,
                name=name,
                questions=questions,
                config=setup.config,
                ranking=setup.ranking,
                operators=operators,
                encoder=encoder,
                on_progress=_within(on_progress, number * len(judgements), len(setups) * len(judgements)),
            )


def _archive_for(
    config: Config, archive: Archive, on_article: OnArticle | None
) -> AbstractContextManager[Archive, bool | None]:
    """Give the archive itself, or a copy of it whose articles are split by another configuration."""
    if config == archive.config:
        return nullcontext(archive)
    return rechunked_archive(archive, config, on_article)


def _within(on_progress: OnProgress | None, earlier_runs: int, total: int) -> OnProgress | None:
    """Return a callback for one run that counts the questions of all runs."""
    if on_progress is None:
        return None
    return lambda questions, _: on_progress(earlier_runs + questions, total)
