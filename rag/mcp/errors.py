"""Errors of the archive → errors that an assistant reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError

from rag.errors import FundstelleError, NotFound

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def tool_errors(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return a tool whose errors with a sentence for people are errors of the tool with this sentence."""

    @wraps(function)
    def tool(*arguments: Parameters.args, **keywords: Parameters.kwargs) -> Result:
        try:
            return function(*arguments, **keywords)
        except FundstelleError as error:
            raise ToolError(str(error)) from error

    return tool


def resource_errors(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return a resource that says so where there is nothing of its address."""

    @wraps(function)
    def resource(*arguments: Parameters.args, **keywords: Parameters.kwargs) -> Result:
        try:
            return function(*arguments, **keywords)
        except NotFound as error:
            raise ResourceNotFoundError(str(error)) from error

    return resource
