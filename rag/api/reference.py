"""An OpenAPI document as a reference for people: Markdown, and a page that needs no script and no other file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem }
h3 { margin-top: 2rem }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid GrayText }
table { border-collapse: collapse; width: 100% }
th, td { text-align: start; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid GrayText }
"""


class ReferencePage(NamedTuple):
    """A page, and the policy that lets a browser use the page's own style and nothing else."""

    html: str
    policy: str


def page_of(document: Mapping[str, Any]) -> ReferencePage:
    """Return the page of an OpenAPI document."""
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown_of(document))
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{document['info']['title']} API</title><style>{_STYLE}</style><main>{body}</main></html>"
    )
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return ReferencePage(html, f"{policy}; frame-ancestors 'none'")


def markdown_of(document: Mapping[str, Any]) -> str:
    """Return the Markdown of an OpenAPI document: its routes by subject, then the objects that they send and take."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {document['info']['title']} API"
    yield ""
    yield document["info"]["description"].rstrip()
    operations = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    for tag in document["tags"]:
        yield ""
        yield f"## {tag['description'].rstrip('.')}"
        for method, path, operation in operations:
            if tag["name"] in operation["tags"]:
                yield from _operation_lines(method, path, operation)
    yield ""
    yield "## Objects"
    for name, schema in sorted(document["components"]["schemas"].items()):
        if schema.get("properties"):
            yield from _object_lines(name, schema)


def _operation_lines(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"### {method.upper()} {path}"
    yield ""
    yield operation["description"]
    parameters = operation.get("parameters", ())
    if parameters:
        yield from _table("parameter", [(each["name"], each["schema"], each) for each in parameters])
    body = operation.get("requestBody", {}).get("content", {})
    replies = {status: reply for status, reply in operation["responses"].items() if status < "400"}
    if body:
        yield ""
        yield "Takes " + ", ".join(f"{_type(content['schema'])} ({kind})" for kind, content in body.items()) + "."
    for status, reply in replies.items():
        yield ""
        contents = [_type(content.get("schema", {})) for content in reply.get("content", {}).values()]
        yield f"{status}: {', '.join(filter(None, contents)) or reply['description'].rstrip('.')}."
    yield ""
    problems = ", ".join(sorted(status for status in operation["responses"] if status >= "400"))
    yield f"Role: {operation.get('x-role', 'none')}. Problems: {problems}."


def _object_lines(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"### {name}"
    yield ""
    yield schema.get("description", "")
    yield from _table("field", [(field, value, value) for field, value in schema["properties"].items()])


def _table(heading: str, rows: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]) -> Iterator[str]:
    yield ""
    yield f"| {heading} | type | meaning |"
    yield "|---|---|---|"
    for name, schema, described in rows:
        text = described.get("description", "").replace("|", "\\|").replace("\n", " ")
        default = schema.get("default")
        notes = [_type(schema), *(["required"] if described.get("required") is True else [])]
        notes += [f"`{json.dumps(default)}` if not given"] if default not in (None, "", []) else []
        yield f"| `{name}` | {', '.join(notes)} | {text} |"


def _type(schema: Mapping[str, Any]) -> str:
    """Return the type that a schema describes, in words, with its bounds."""
    match schema:
        case {"$ref": reference}:
            name = str(reference).rpartition("/")[2]
            words = f"[{name}](#{name.lower()})"
        case {"anyOf": schemas}:
            words = " or ".join(dict.fromkeys(map(_type, schemas)))
        case {"enum": values}:
            words = " or ".join(f"`{value}`" for value in values)
        case {"const": value}:
            words = f"`{value}`"
        case {"type": "array", "items": dict(items)}:
            words = f"list of {_type(items)}"
        case {"type": "array", "prefixItems": [*items]}:
            words = "[" + ", ".join(map(_type, items)) + "]"
        case {"type": "object", "additionalProperties": dict(values)}:
            words = f"object of {_type(values)}"
        case _:
            words = f"{schema.get('type', '')}{_bounds(schema)}"
    return words


def _bounds(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f" from {low}" if low is not None else f" up to {high}" if high is not None else ""
