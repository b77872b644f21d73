"""The command `copy`: an archive from a folder to PostgreSQL, or back."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.output import out
from rag.cli.progress import CountingBar


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Archive folder, or postgresql://USER@HOST/DATABASE.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="New or empty folder, or an address without an archive.")],
) -> None:
    """Copy an archive from a folder to PostgreSQL, or back, while it is in use.

    The copy has everything that cannot be made again, with the same ids, and can be opened when every row was compared.
    An interrupted copy goes on where it was. Indexes are made again with the first question.
    """
    from rag.backup.copying import copy_archive

    with CountingBar("copying", "rows") as bar:
        counts = copy_archive(source, target, bar)
    out.print(
        f"Copied and compared: {target}, {counts['articles']} articles, {counts['passages']} passages, "
        f"{sum(counts.values())} rows.",
        soft_wrap=True,
        markup=False,
    )
