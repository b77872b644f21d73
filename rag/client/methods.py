"""From a function that returns what is sent to a method that sends it: written once for both clients."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

M = TypeVar("M", bound=Callable[..., Any])

_SELF = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)


def as_method(method: M, function: Callable[..., Any], *, stream: str = "") -> M:
    """Give a method the name, the text and the parameters of a function, and say that it returns what is replied.

    Args:
        stream: what a stream of values is for this client.
    """
    signature = inspect.signature(function)
    # such as ApiCall[Answer]
    kind, _, value = str(signature.return_annotation).removesuffix("]").partition("[")
    returned = f"{stream}[{value}]" if kind == "Stream" else value
    update_wrapper(method, function, assigned=("__doc__",))
    method.__name__ = method.__qualname__ = function.__name__.removesuffix("_call")
    method.__annotations__ = {**function.__annotations__, "return": returned}
    parameters = [_SELF, *signature.parameters.values()]
    method.__signature__ = signature.replace(parameters=parameters, return_annotation=returned)  # type: ignore[attr-defined]
    return method
