"""A quotation in the formats of reference managers: BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date

from rag.citing.names import AuthorName
from rag.citing.reference import Reference, csl_item, one_line
from rag.types.quotation import Quotation

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}
# two dashes would become a long one, two apostrophes a quotation mark
_LIGATURE = re.compile(r"([-'`,<>])(?=\1)|[!?](?=`)")
# it stands between two names, unless it is in braces
_AND = re.compile(r"(?<!\S)and(?!\S)", re.IGNORECASE)
_BIBTEX_KINDS = {"article-newspaper": "article", "webpage": "online", "document": "misc"}
_RIS_KINDS = {"article-newspaper": "NEWS", "webpage": "ELEC", "document": "GEN"}


def citation_key(reference: Reference) -> str:
    """Return a key that a person recognises: the first author's or the outlet's name, the year, a word of the headline.

    >>> citation_key(Reference(kind="webpage", title="Neue Brücke", outlet="Der Bote"))
    'DerBote-Neue'
    """
    name = reference.authors[0].family if reference.authors else reference.outlet or ""
    words = [_ascii(word) for word in reference.title.split()]
    first = next((word for word in words if len(word) > 3), "")
    parts = (_ascii(name), str(reference.issued.year) if reference.issued else "", first)
    return "-".join(filter(None, parts)) or "source"


def bibtex(quotation: Quotation, reference: Reference, note: str) -> str:
    """Return an entry for BibTeX and BibLaTeX; the quotation is its `annote`, which is not printed.

    Args:
        note: where the words stand, as a sentence.
    """
    issued = reference.issued
    facts = {
        "title": f"{{{_latex(reference.title)}}}",
        "author": " and ".join(map(_bibtex_name, reference.authors)),
        "journal": _latex(reference.outlet or ""),
        "year": str(issued.year) if issued else "",
        "month": f"{issued.month}" if issued else "",
        "day": f"{issued.day}" if issued else "",
        "date": issued.isoformat() if issued else "",
        "pages": str(reference.page or ""),
        # not escaped: BibLaTeX and hyperref read an address as it is
        "url": reference.url or "",
        "urldate": reference.accessed.isoformat() if reference.accessed else "",
        "language": _latex(reference.language),
        "annote": _latex(one_line(f"{quotation.text} ({note})")),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in facts.items() if value]
    return "\n".join([f"@{_BIBTEX_KINDS[reference.kind]}{{{citation_key(reference)},", *lines, "}\n"])


def ris(quotation: Quotation, reference: Reference, note: str) -> str:
    """Return a record of the RIS format; the quotation is its note."""
    fields = [
        ("TY", _RIS_KINDS[reference.kind]),
        *(("AU", _reversed_name(name)) for name in reference.authors),
        ("TI", reference.title),
        ("T2", reference.outlet or ""),
        ("PY", str(reference.issued.year) if reference.issued else ""),
        ("DA", _ris_day(reference.issued)),
        ("SP", str(reference.page or "")),
        ("UR", reference.url or ""),
        ("Y2", _ris_day(reference.accessed)),
        ("LA", reference.language),
        ("N1", f"{quotation.text} ({note})"),
    ]
    lines = [f"{tag}  - {one_line(value)}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def csl_json(quotation: Quotation, reference: Reference, note: str) -> str:
    """Return a list with one item of CSL-JSON; the quotation is its note."""
    item = csl_item(reference, citation_key(reference)) | {"note": f"{quotation.text} ({note})"}
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def _latex(text: str) -> str:
    escaped = re.sub(r"[\\{}~^&%$#_]", lambda match: _LATEX[match[0]], one_line(text))
    return _LIGATURE.sub(r"\g<0>{}", escaped)


def _bibtex_name(name: AuthorName) -> str:
    if not name.given:
        # in braces, an institution is not taken apart
        return f"{{{_latex(name.family)}}}"
    family = _latex(f"{name.particle} {name.family}".strip())
    text = ", ".join(filter(None, (family, _latex(name.suffix), _latex(name.given))))
    return _AND.sub(r"{\g<0>}", text)


def _reversed_name(name: AuthorName) -> str:
    family = f"{name.particle} {name.family}".strip()
    return ", ".join(filter(None, (family, name.given, name.suffix)))


def _ris_day(day: date | None) -> str:
    return f"{day:%Y/%m/%d}/" if day else ""


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return re.sub(r"[^A-Za-z0-9]", "", decomposed)
