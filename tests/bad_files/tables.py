"""Tables: JSON that breaks readers, lines and rows of which one is bad."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

from bad_files.words import TEXT

_GOOD = json.dumps({"id": 1, "title": "T", "text": TEXT})
_OTHER = json.dumps({"id": 2, "title": "U", "text": TEXT}, ensure_ascii=False)
# each stands in a line of its own between two good ones, and alone in a list
_VALUES = {
    "nan": '{"text": NaN}',
    "infinite": '{"text": "x", "date": -Infinity}',
    "too_large": '{"text": "x", "date": 1e999}',
    "huge_integer": '{"text": "x", "id": ' + "9" * 5000 + "}",
    "half_character": '{"text": "a \\ud83d b", "title": "\\udc00"}',
    "zero": '{"text": "a \\u0000 b", "id": "\\u0000"}',
    "steering": '{"text": "x", "id": "\\u001b[31m\\n"}',
    "wrong_types": '{"text": {"a": 1}, "title": [1, [2]], "date": {}, "url": true}',
    "null": '{"text": null}',
    "twice": '{"text": "a", "text": "b"}',
    "deep_value": '{"text": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep_object": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "wide_object": "{" + ",".join(f'"c{n}": {n}' for n in range(20_000)) + "}",
    "empty_object": "{}",
    "empty_name": '{"": "x", "text": ""}',
    "list": "[1, 2]",
    "bare": '"only words"',
    "single_quotes": "{'text': 'x'}",
    "comma": '{"text": "x",}',
    "comment": '{"text": "x"} // no JSON',
    "cut": '{"text": "x',
    "zeros_in_it": '{"text": "x\0y"}',
    "control": '{"text": "x\x01y"}',
}


def files() -> Iterator[tuple[str, bytes, str]]:
    """Yield the name, the bytes and what is expected of each."""
    for name, value in _VALUES.items():
        # a zero makes a reader doubt that it is text at all
        expected = "either" if "\0" in value else "taken"
        yield f"{name}.jsonl", f"{_GOOD}\n{value}\n{_OTHER}\n".encode(), expected
        yield f"{name}.json", f"[{_GOOD}, {value}, {_OTHER}]".encode(), "either"
    yield from _json()
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
        yield f"{encoding}.jsonl", f"{_OTHER}\n{_OTHER}\n".encode(encoding), "taken"
        yield f"{encoding}.csv", _csv([["id", "text"], ["1", TEXT], ["2", TEXT]]).encode(encoding), "taken"
    yield from _tables()


def _json() -> Iterator[tuple[str, bytes, str]]:
    yield "lines_in.json", f"{_GOOD}\n{_OTHER}\n".encode(), "taken"
    yield "list_in.jsonl", f"[{_GOOD},\n{_OTHER}]\n".encode(), "either"
    yield "old_mac.jsonl", f"{_GOOD}\r{_OTHER}\r".encode(), "taken"
    yield "windows.jsonl", f"{_GOOD}\r\n\r\n{_OTHER}\r\n".encode(), "taken"
    yield "two_encodings.jsonl", f"{_OTHER}\n".encode() * 3 + _OTHER.encode("cp1252"), "taken"
    yield "cut_list.json", f"[{_GOOD}, {_OTHER[:50]}".encode(), "refused"
    yield "several_lists.json", f'{{"a": [{_GOOD}], "b": [{_OTHER}]}}'.encode(), "refused"
    yield "wrapped.json", f'{{"response": {{"total": 2, "results": [{_GOOD}, {_OTHER}]}}}}'.encode(), "taken"
    yield "one.json", _GOOD.encode(), "taken"
    yield "no_text.json", b'[{"a": 1, "b": "x"}]', "refused"
    yield "no_text.jsonl", b'{"a": 1}\n{"b": 2}\n', "refused"
    yield "numbers.json", b"[1, 2, 3]", "refused"
    yield "true.json", b"true", "refused"
    yield "deep.json", b"[" * 100_000, "refused"
    yield "empty_list.json", b"[]", "refused"
    yield "all_bad.jsonl", b"{\n" * 1000, "refused"
    yield "not_json.json", TEXT.encode(), "refused"
    yield "in_a_text.txt", f"{_GOOD}\n{_OTHER}\n".encode(), "taken"
    yield "same_ids.jsonl", f"{_GOOD}\n{_GOOD}\n{_GOOD}\n".encode(), "taken"
    yield "html.jsonl", json.dumps({"text": "<p>" * 50_000 + TEXT}).encode(), "taken"
    yield (
        "pages.jsonl",
        json.dumps({"html": f"<!doctype html><html><body><p>{TEXT}</p></body></html>"}).encode(),
        "taken",
    )


def _tables() -> Iterator[tuple[str, bytes, str]]:
    good = [["id", "title", "text"], ["1", "A; B", TEXT], ["2", "C, D", f"{TEXT}\n\n{TEXT}"]]
    plain = _csv(good)
    yield "no_text.csv", b"a,b,c\n1,2,3\n4,5,6\n", "refused"
    yield "header_only.csv", b"id,title,text\n", "refused"
    yield "header_only_unended.csv", b"id,title,text", "refused"
    yield "no_header.csv", _csv(good[1:] * 3).encode(), "taken"
    yield "quote_never_closed.csv", f'{plain}3,"E,F\n4,G,{TEXT.replace(",", "")}\n'.encode(), "taken"
    yield "quote_inside.csv", f'{plain}3,"he said "so", he did",x\n4,G,H\n'.encode(), "taken"
    yield "first_quote_open.csv", f'"id,title,text\n1,A,{TEXT.replace(",", "")}\n'.encode(), "either"
    yield "quotes_only.csv", b'"' * 10_001, "refused"
    yield "ragged.csv", f"{plain}3\n4,a,b,c,d\n5,E,F\n".encode(), "taken"
    yield "commas.csv", f"{plain}{',' * 5000}\n,,\n\n\n".encode(), "taken"
    yield "zeros_inside.csv", plain.replace("A", "A\0").encode(), "either"
    yield "same_names.csv", _csv([["text", "text", "text"], ["x", TEXT, "y"]]).encode(), "taken"
    yield "no_names.csv", _csv([["", "", ""], ["x", TEXT, "y"]]).encode(), "taken"
    yield "many_columns.csv", _csv([["text", *map(str, range(5000))], [TEXT, *["x"] * 5000]]).encode(), "taken"
    yield "one_column.csv", f"text\n{TEXT.replace(',', '')}\n".encode(), "taken"
    yield "said_delimiter.csv", f"sep=;\r\n{_csv(good, ';')}".encode(), "taken"
    yield "formula.csv", _csv([["id", "text"], ["=cmd|' /C calc'!A0", f"=HYPERLINK(1){TEXT}"]]).encode(), "taken"
    yield "long_cell.csv", _csv([["id", "text"], ["1", TEXT * 1500]]).encode(), "taken"
    yield "steering.csv", _csv([["id", "\x1b[31mtext"], ["\x1b]0;x\x07", TEXT]]).encode(), "taken"
    yield "old_mac.csv", plain.replace("\r\n", "\r").replace("\n", "\r").encode(), "taken"
    yield "a_page.csv", b"<!doctype html><html><body>Not found</body></html>", "either"
    yield "cut.csv", plain.encode()[:-30], "taken"
    for name, mark in {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}.items():
        yield f"by_{name}.csv", _csv(good, mark).encode(), "taken"
        yield f"by_{name}.tsv", _csv(good, mark).encode(), "taken"
    yield "bare_quotes.tsv", f'id\ttext\n1\t"So", sagte sie. {TEXT}\n2\t"Nein {TEXT}\n'.encode(), "taken"


def _csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()
