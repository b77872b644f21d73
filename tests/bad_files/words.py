"""The words that the bad files are made of."""

from __future__ import annotations

import random

SENTENCES = (
    "Die Bürgermeisterin überreichte die Schlüssel größeren Gästen aus Österreich. "
    "Die Straße wird gesperrt, weil Brückenträger morsch sind. Fußgänger müssen über die Höhe gehen. "
)
TEXT = SENTENCES * 4
POLISH = (
    "Prezydent ogłosił, że wybory odbędą się w październiku. Głosowało więcej osób niż kiedykolwiek wcześniej. " * 4
)
UKRAINIAN = "Президент оголосив, що вибори відбудуться у жовтні. Проголосувало більше людей, ніж будь-коли раніше. " * 4
CHINESE = "国家统计局周一公布的数据显示，今年第三季度国内生产总值同比增长百分之四点九。\n" * 8
JAPANESE = "政府は月曜日に新しい予算案を発表した。野党は強く反対している。\n" * 8
ENDINGS = (
    "txt md html mht pdf docx odt rtf epub eml jsonl json csv tsv rss atom warc warc.gz gz zip".split()  # noqa: SIM905
)


def noise(size: int, seed: int) -> bytes:
    """Return bytes that mean nothing."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - the same bytes at every run are what is wanted


def page(text: str = TEXT, head: str = "", title: str = "Brücke gesperrt") -> str:
    """Return a web page with an article."""
    return (
        f"<!doctype html><html lang=de><head>{head}<title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{text}</p><p>{text}</p></article></body></html>"
    )
