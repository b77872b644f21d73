"""One evaluation for each of many settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import product

from rag.archive import Archive
from rag.config import Config, RankingConfig, with_setting
from rag.errors import ConfigError
from rag.evaluation.questions.judgements import Judgement
from rag.evaluation.runs.caching_encoder import RememberingEncoder
from rag.evaluation.runs.evaluate import OnProgress, evaluate
from rag.evaluation.runs.scratch_archives import OnArticle, archive_cut_otherwise
from rag.evaluation.types import Run

Settings = Mapping[str, str]
"""Names of settings, and their values as a person wrote them."""

_MOST = 200


@dataclass(frozen=True)
class Setup:
    """How articles are cut, and how passages are ranked."""

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
    if len(points) > _MOST:
        raise ConfigError(f"These are {len(points)} combinations, and at most {_MOST} are tried: sweep fewer values.")
    return points


def runs_of(
    archive: Archive,
    judgements: Sequence[Judgement],
    setups: Mapping[str, Setup],
    *,
    questions: str,
    operators: bool = True,
    on_progress: Callable[[str], OnProgress] | None = None,
    on_article: OnArticle | None = None,
) -> Iterator[Run]:
    """Yield a run for each named setup. Where articles are cut otherwise, they are encoded anew, and that is kept.

    Args:
        on_progress: gives for each name what hears how far its run is.
        on_article: hears how many articles have been cut otherwise.
    """
    encoder = RememberingEncoder(archive.encoder)
    for name, setup in setups.items():
        hears = on_progress(name) if on_progress else None

        def run_on(
            asked: Archive, judged: Sequence[Judgement], name: str = name, setup: Setup = setup,
            hears: OnProgress | None = hears,
        ) -> Run:  # fmt: skip
            return evaluate(
                asked, judged, name=name, questions=questions, config=setup.config, ranking=setup.ranking,
                operators=operators, encoder=encoder, on_progress=hears,
            )  # fmt: skip

        if setup.config == archive.config:
            yield run_on(archive, judgements)
            continue
        with closing(archive_cut_otherwise(archive, setup.config, on_article)) as other:
            # the same articles: what was judged by place stays right
            yield run_on(other, judgements)
