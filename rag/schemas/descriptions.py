"""The texts below the fields of models, for whoever publishes schemas. To read them takes longer than an answer."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise

from rag.schemas.base import MODELS


def describe_fields() -> None:
    """Give the fields of all models that are imported the texts below them as descriptions."""
    for model in MODELS:
        texts: dict[str, str | None] = {}
        for base in reversed(model.__mro__):
            texts |= _texts(base.__module__).get(base.__name__, {})
        for name, text in texts.items():
            model.model_fields[name].description = model.model_fields[name].description or text
    for model in MODELS:
        model.model_rebuild(force=True)


@cache
def _texts(module: str) -> dict[str, dict[str, str | None]]:
    """Return the text below each field, None if there is none, by the names of its class and of the field."""
    if not module.startswith("rag.schemas."):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        node.name: {
            field.target.id: _text_of(after)
            for field, after in pairwise([*node.body, ast.Pass()])
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


def _text_of(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return inspect.cleandoc(node.value.value)
    return None
