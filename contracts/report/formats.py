"""What a command's result can be shown as: a new format is a row here, and a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

Renderer = Callable[[Any, TextIO], Iterable[str]]
"""Takes a command's result and the stream that the lines will be written to, for its width and colours."""

FORMATS: dict[str, dict[str, str | Renderer]] = {
    "check": {
        "text": "check_text:render_text",
        "json": "json:render_json",
        "junit": "junit:render_check",
        "github": "github:render_check",
        "markdown": "pages:render_check_markdown",
        "html": "pages:render_check_html",
        "line": "check_text:render_line",
    },
    "diff": {
        "text": "diff_text:render_text",
        "json": "json:render_json",
        "markdown": "diff_markdown:render_markdown",
        "html": "diff_html:render_html",
        "github": "diff_markdown:render_github",
    },
    "verify": {
        "text": "verify_text:render_text",
        "json": "json:render_json",
        "junit": "junit:render_verify",
        "markdown": "pages:render_verify_markdown",
        "github": "github:render_verify",
        "html": "pages:render_verify_html",
    },
    "score": {"text": "score_text:render_text", "json": "json:render_json"},
    "rules": {"text": "rules_text:render_text", "json": "json:render_json"},
}
"""Command -> format -> its renderer, or where in this room it is: ``module:function``, imported when it is used."""


def render_lines(command: str, name: str, result: Any, stream: TextIO) -> Iterable[str]:
    """The lines of a result in one of the command's formats."""
    renderer = FORMATS[command][name]
    if isinstance(renderer, str):
        module, _, function = renderer.partition(":")
        renderer = getattr(import_module(f"{__package__}.{module}"), function)
    assert callable(renderer)
    lines: Iterable[str] = renderer(result, stream)
    return lines


def read_schema(command: str) -> str:
    """The JSON Schema of what ``check``, ``diff`` or ``verify`` prints as JSON."""
    return (Path(__file__).parent / "schemas" / f"{command}.json").read_text(encoding="utf-8")
