"""Web pages: nesting, encodings that are not what they say, markup that never ends."""

from __future__ import annotations

from collections.abc import Iterator

from bad_files.words import POLISH, TEXT, noise, page

_XXE = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def files() -> Iterator[tuple[str, bytes, str]]:
    """Yield the name, the bytes and what is expected of each."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252", "iso8859-15"):
        yield f"{encoding}.html", page(head=f"<meta charset={encoding}>").encode(encoding), "taken"
        yield f"{encoding}_unsaid.html", page().encode(encoding), "taken"
    yield "says_utf8.html", page(head="<meta charset=utf-8>").encode("cp1252"), "taken"
    yield "says_utf16.html", page(head="<meta charset=utf-16>").encode(), "taken"
    yield "says_polish.html", page(POLISH, "<meta charset=iso-8859-2>").encode("iso-8859-2"), "taken"
    for name, said in {"nonsense": "klingonisch", "hex": "hex", "rot13": "rot13", "idna": "idna", "zip": "zip"}.items():
        yield f"says_{name}.html", page(head=f"<meta charset={said}>").encode(), "taken"
    for name, tag in {"div": "div", "b": "b", "ul": "ul><li", "table": "table><tr><td", "font": "font"}.items():
        closed = "".join(f"</{part}>" for part in reversed(tag.split("><")))
        yield f"nested_{name}.html", page(f"{TEXT}{f'<{tag}>' * 300}tief{closed * 300}{TEXT}").encode(), "either"
        yield f"nested_deep_{name}.html", page(f"{TEXT}{f'<{tag}>' * 100_000}tief").encode(), "either"
        yield f"nested_and_closed_{name}.html", page(f"{f'<{tag}>' * 1000}{closed * 1000}{TEXT}").encode(), "taken"
    yield "entities.html", page(TEXT + "&#x110000;&#xD800;&#0;&unknown;&amp" * 500).encode(), "taken"
    yield "external_entity.html", f"{_XXE}<html><body><p>&x;{TEXT}</p></body></html>".encode(), "either"
    yield "zeros.html", page(TEXT.replace(" ", " \0")).encode(), "either"
    yield "surrogates.html", page(TEXT).encode() + b"\xed\xa0\x80", "either"
    yield "cut.html", page().encode()[:600], "either"
    yield "cut_in_a_tag.html", page().encode()[: page().encode().index(b"<article") + 5], "refused"
    yield "only_head.html", b"<html><head><title>T</title></head></html>", "refused"
    yield "only_script.html", b"<html><body><script>" + b"var a=1;" * 500 + b"</script></body></html>", "refused"
    yield "only_links.html", b"<html><body>" + b"<a href=/x>Start</a> " * 300 + b"</body></html>", "either"
    yield "frames.html", b"<html><frameset><frame src=a.html></frameset></html>", "refused"
    yield "no_tags.html", TEXT.encode(), "either"
    yield "comment_never_ends.html", page("<!--" + TEXT).encode(), "either"
    yield "script_never_ends.html", page("<script>" + TEXT).encode(), "either"
    yield "plaintext.html", page("<plaintext>" + TEXT).encode(), "either"
    yield "many_comments.html", (b"<!-- a -->" * 20_000) + page().encode(), "taken"
    yield "many_attributes.html", page(f"<p {' '.join(f'a{n}=1' for n in range(20_000))}>{TEXT}").encode(), "either"
    yield "long_attribute.html", page(f"<p title='{'x' * 2_000_000}'>{TEXT}").encode(), "either"
    yield "open_tags.html", page(TEXT + "<a" * 100_000).encode(), "either"
    yield "many_paragraphs.html", page(f"</p><p>{TEXT}" * 2000).encode(), "taken"
    yield (
        "picture_inside.html",
        page(f"<img src='data:image/png;base64,{noise(300_000, 5).hex()}'>{TEXT}").encode(),
        "taken",
    )
    yield (
        "date_of_no_day.html",
        page(head="<meta property=article:published_time content=2024-02-30>").encode(),
        "taken",
    )
    yield "broken_json_ld.html", page(head='<script type="application/ld+json">{"@type":[}</script>').encode(), "taken"
    nested = '{"a":' * 50_000
    yield "nested_json_ld.html", page(head=f'<script type="application/ld+json">{nested}</script>').encode(), "either"
    yield "title_of_a_megabyte.html", page(title="T" * 1_000_000).encode(), "either"
    yield "xhtml.xml", b'<?xml version="1.0"?>\n' + page().encode(), "either"
