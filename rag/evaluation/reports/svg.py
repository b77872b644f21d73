"""What matplotlib draws → SVG that stands in a page.

The page gives what it can: text is text in the page's font, ink is `currentColor`, the ground is transparent. So a
figure is at home in light and dark pages. What is written may come from outside (tags, outlets): matplotlib gets
placeholders, since it would set `$x$` as a formula and look for letters that its own font lacks, and the texts take
their place, escaped.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterable
from html import escape
from threading import Lock
from typing import Any

WIDTH = 440
INK = "#010203"
"""Becomes currentColor."""
FAINT, QUIET = 0.16, 0.7
"""How much of the ink lines of the ground and lesser words have."""
ASIDE = {"size": 10.5, "alpha": QUIET}
"""How lesser words are written."""

_FONT = "DejaVu Sans"
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fundstelle",
    "font.family": "sans-serif",
    "font.sans-serif": [_FONT],
    "font.size": 12,
}
_NO_DATES = dict.fromkeys(("Creator", "Date", "Format", "Type"))
# what XML cannot hold, not even escaped
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# the settings of matplotlib are those of the whole process
_settings = Lock()

Write = Callable[..., None]
"""Writes a text: `write(text, x, y, move=(right, up), of=coordinates, size=…, alpha=…, ha=…)`; moves are in pixels."""
Draw = Callable[[Any, Write], None]
"""Draws on matplotlib's axes. What is cut off at their edge, and markers, would need ids: use neither."""


def figure(
    title: str, said: Iterable[str], height: float, margins: tuple[int, int, int, int], draw: Draw, width: int = WIDTH
) -> str:
    """Return a figure as an SVG element; equal values give equal text.

    Args:
        said: what a person hears who does not see it.
        margins: pixels around the axes: left, right, below, above.
    """
    import matplotlib
    from matplotlib.figure import Figure

    left, right, below, above = margins
    texts: list[str] = []
    with _settings, matplotlib.rc_context():
        # whatever the user's own settings are
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        drawn = Figure(figsize=(width / 72, height / 72), dpi=72)
        box = (left / width, below / height, (width - left - right) / width, (height - below - above) / height)
        axes = drawn.add_axes(box)
        axes.set_axis_off()
        draw(axes, _writer(axes, texts))
        file = io.StringIO()
        drawn.savefig(file, format="svg", transparent=True, metadata=_NO_DATES)
    heard = ". ".join((title, "; ".join(said)))
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{escaped(heard)}" '
        f'viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}" '
        f'style="max-width: 100%; height: auto; font-family: system-ui, sans-serif">'
    )
    return f"{opening}<title>{escaped(title)}</title>{_tidied(file.getvalue(), texts)}</svg>\n"


def short(text: str, most: int = 20) -> str:
    """Return a label that takes no more than so many letters' room, of which those of East Asia need two."""
    text = " ".join(text.split())
    kept, room = "", 0
    for letter in text:
        room += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if room > most:
            return kept[:-1].rstrip() + "…"
        kept += letter
    return text


def printable(text: str) -> str:
    """Return text without what neither XML nor a file can hold."""
    return _NO_XML.sub("\ufffd", text)


def escaped(text: str) -> str:
    """Return text so that it shows literally, in an element as well as in an attribute."""
    return escape(printable(text), quote=True)


def _writer(axes: Any, texts: list[str]) -> Write:
    def write(
        text: str,
        x: float,
        y: float,
        move: tuple[float, float] = (0, 0),
        of: Any = "data",
        size: float = 12,
        **how: Any,
    ) -> None:
        texts.append(text)
        given = {"color": INK, "ha": "center", "va": "center_baseline", "size": size, "annotation_clip": False, **how}
        place = f"@{len(texts) - 1}@"
        axes.annotate(place, (x, y), xycoords=of, xytext=move, textcoords="offset points", **given)

    return write


def _tidied(drawn: str, texts: list[str]) -> str:
    """Return what stands inside of matplotlib's <svg>, without what is for nobody or for the whole page."""
    inside = drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")]
    inside = re.sub(r"<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>|<g>\s*</g>", "", inside, flags=re.DOTALL)
    inside = re.sub(r' id="[^"]*"| transform="rotate\(-0 [^"]*\)"', "", inside)
    inside = inside.replace(f"font-family: '{_FONT}', sans-serif; ", "").replace(INK, "currentColor")
    inside = inside.replace(f"'{_FONT}', sans-serif", "system-ui, sans-serif")
    inside = re.sub(r">@(\d+)@<", lambda found: f">{escaped(texts[int(found[1])])}<", inside)
    return re.sub(r"\s*\n\s*", " ", inside)
