"""Feeds: entities that grow or read other files, entries without anything, XML that is none."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bad_files.words import TEXT

_ITEM = f"<item><title>T</title><link>https://x.example/1</link><description>{TEXT}</description></item>"
_ENTRY = f"<entry><id>urn:1</id><title>T</title><content>{TEXT}</content></entry>"
_LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {one} "{f"&{other};" * 10}">' for one, other in zip("bcdefghij", "abcdefghi", strict=True)
)


def files() -> Iterator[tuple[str, bytes, str]]:
    """Yield the name, the bytes and what is expected of each."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "iso-8859-1"):
        said = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
        yield f"{encoding}.rss", f"{said}{_rss(_ITEM)}".encode(encoding), "taken"
    for name, declared in {
        "billion_laughs": _LAUGHS,
        "external_file": '<!ENTITY x SYSTEM "file:///etc/passwd">',
        "external_address": '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">',
        "parameter": '<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;',
        "long_entity": f'<!ENTITY x "{"ha" * 50_000}">',
    }.items():
        used = _ITEM.replace("<title>T", "<title>" + ("&j;" if name == "billion_laughs" else "&x;" * 1000))
        yield f"{name}.rss", f'<?xml version="1.0"?><!DOCTYPE rss [{declared}]>{_rss(used)}'.encode(), "refused"
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://x.example/rss.dtd">'
    yield "old_doctype.rss", f"{doctype}{_rss(_ITEM)}".encode(), "taken"
    hidden = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [{_LAUGHS}]>{_rss("&j;")}'
    yield "laughs_in_utf16.rss", hidden.encode("utf-16"), "refused"
    yield "no_entries.rss", _rss("").encode(), "refused"
    yield "no_content.rss", _rss("<item><title>T</title></item>" * 3).encode(), "refused"
    yield "unknown_entity.rss", _rss(_ITEM.replace("Die", "&nbsp;&foo; Die", 1)).encode(), "taken"
    yield "bare_ampersand.rss", _rss(_ITEM.replace("Die", "R & D <", 1)).encode(), "either"
    yield "cut.rss", _rss(_ITEM * 3).encode()[:-700], "taken"
    yield "escaped.rss", _rss(_ITEM.replace(TEXT, escape(f"<p>{TEXT}</p><script>x</script>"))).encode(), "taken"
    yield "same_ids.rss", _rss(_ITEM.replace("<title>", "<guid>1</guid><title>") * 3).encode(), "taken"
    yield "nested.rss", _rss("<x>" * 50_000 + _ITEM).encode(), "either"
    yield "many_entries.rss", _rss("<item><description>kurz</description></item>" * 1000).encode(), "taken"
    yield "control.rss", _rss(_ITEM.replace("Die", "\x01\x0bDie", 1)).encode(), "either"
    yield "wrong_encoding.rss", b'<?xml version="1.0" encoding="utf-8"?>' + _rss(_ITEM).encode("latin-1"), "either"
    yield "unknown_encoding.rss", b'<?xml version="1.0" encoding="klingon"?>' + _rss(_ITEM).encode(), "either"
    yield "no_character.rss", _rss(_ITEM.replace("Die", "&#xD800;Die", 1)).encode(), "refused"
    yield "too_high_a_character.rss", _rss(_ITEM.replace("Die", "&#x110000;Die", 1)).encode(), "refused"
    yield "half_an_encoding.rss", b'<?xml version="1.0" encoding="ut\xc3"?>' + _rss(_ITEM).encode(), "refused"
    yield "good.atom", f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{_ENTRY}</feed>'.encode(), "taken"
    yield "no_namespace.atom", f"<feed><title>F</title>{_ENTRY}</feed>".encode(), "either"
    yield "feed.xml", _rss(_ITEM).encode(), "taken"
    yield "feed.txt", _rss(_ITEM).encode(), "taken"
    yield "other.xml", b"<?xml version='1.0'?><note><to>x</to></note>", "refused"
    yield "drawing.xml", b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>", "refused"


def _rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>Flussbote</title>{items}</channel></rss>'
