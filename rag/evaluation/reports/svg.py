"""Figures of matplotlib → SVG inside a page.

Text stays text in the page's font, ink is `currentColor`, the background is transparent: a figure fits light and dark
pages. Labels may come from outside (tags, outlets): matplotlib gets placeholders, since it would typeset `$x$` as a
formula and look for letters that its own font lacks, and the escaped texts replace them.
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
"""Opacity of grid lines and of secondary text."""
SECONDARY = {"size": 10.5, "alpha": QUIET}
"""Style of secondary text."""

_FONT = "DejaVu Sans"
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fundstelle",
    "font.family": "sans-serif",
    "font.sans-serif": [_FONT],
    "font.size": 12,
}
_NO_DATES = dict.fromkeys(("Creator", "Date", "Format", "Type"))
# characters that XML cannot contain, not even escaped
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# matplotlib's settings belong to the whole process
_settings = Lock()

Write = Callable[..., None]
"""Writes a text: `write(text, x, y, move=(right, up), coordinates=…, size=…, alpha=…, ha=…)`; moves are in pixels."""
Draw = Callable[[Any, Write], None]
"""Draws on matplotlib's axes. What is cut off at their edge, and markers, would need ids: use neither."""


def figure(
    title: str,
    description: Iterable[str],
    height: float,
    margins: tuple[int, int, int, int],
    draw: Draw,
    *,
    width: int = WIDTH,
) -> str:
    """Return a figure as an SVG element; equal values give equal text.

    Args:
        description: read aloud by screen readers.
        margins: pixels around the axes: left, right, below, above.
    """
    import matplotlib
    from matplotlib.figure import Figure

    margin_left, right, margin_below, margin_above = margins
    texts: list[str] = []
    with _settings, matplotlib.rc_context():
        # whatever the user's own settings are
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        canvas = Figure(figsize=(width / 72, height / 72), dpi=72)
        box = (
            margin_left / width,
            margin_below / height,
            (width - margin_left - right) / width,
            (height - margin_below - margin_above) / height,
        )
        axes = canvas.add_axes(box)
        axes.set_axis_off()
        draw(axes, _writer(axes, texts))
        file = io.StringIO()
        canvas.savefig(file, format="svg", transparent=True, metadata=_NO_DATES)
    heard = ". ".join((title, "; ".join(description)))
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="{escaped(heard)}" '
        f'viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}" '
        f'style="max-width: 100%; height: auto; font-family: system-ui, sans-serif">'
    )
    return f"{opening}<title>{escaped(title)}</title>{_tidied(file.getvalue(), texts)}</svg>\n"


def short(text: str, limit: int = 20) -> str:
    """Return a label cut to a width of at most `limit` letters; East Asian letters count twice."""
    text = " ".join(text.split())
    shortened, room = "", 0
    for letter in text:
        room += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if room > limit:
            return shortened[:-1].rstrip() + "…"
        shortened += letter
    return text


def printable(text: str) -> str:
    """Return text with the characters replaced that neither XML nor a file can contain."""
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
        coordinates: Any = "data",
        *,
        size: float = 12,
        **how: Any,
    ) -> None:
        texts.append(text)
        style = {"color": INK, "ha": "center", "va": "center_baseline", "size": size, "annotation_clip": False, **how}
        placeholder = f"@{len(texts) - 1}@"
        axes.annotate(placeholder, (x, y), xycoords=coordinates, xytext=move, textcoords="offset points", **style)

    return write


def _tidied(svg: str, texts: list[str]) -> str:
    """Return the content of matplotlib's <svg> without comments, ids and styles of the whole page."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    body = re.sub(r"<!--.*?-->|<defs>\s*<style.*?</style>\s*</defs>|<g>\s*</g>", "", body, flags=re.DOTALL)
    body = re.sub(r' id="[^"]*"| transform="rotate\(-0 [^"]*\)"', "", body)
    body = body.replace(f"font-family: '{_FONT}', sans-serif; ", "").replace(INK, "currentColor")
    body = body.replace(f"'{_FONT}', sans-serif", "system-ui, sans-serif")
    body = re.sub(r">@(\d+)@<", lambda match: f">{escaped(texts[int(match[1])])}<", body)
    return re.sub(r"(?<!\s)\s*\n\s*", " ", body)
