"""The frame of a report in HTML: reads on a telephone and on a wide screen, fetches nothing, runs no script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from string import Template

from ..model import Finding

_PAGE = Path(__file__).with_name("page.html")


def wrap_page(title: str, outcome: str, summary: str, body: Iterable[str]) -> Iterator[str]:
    """The page: the outcome as its heading, a summary, and a body that is HTML already."""
    texts = {"title": title, "outcome": outcome, "summary": summary, "kind": outcome.rpartition(" ")[2]}
    escaped = {name: escape(text) for name, text in texts.items()}
    yield Template(_PAGE.read_text("utf-8")).substitute(escaped, body="\n".join(body)).rstrip()


def show_finding(found: Finding) -> str:
    """Its place, what was expected and found, why, and what to do."""
    why = f"{found.authority}: {found.why}"
    rows = (("expected", found.expected), ("found", found.found), ("why", why), ("hint", found.hint))
    shown = "".join(f"<dt>{label}</dt><dd>{escape(text)}</dd>" for label, text in rows if text)
    return f"<p><code>{escape(found.path)}</code></p><dl>{shown}</dl>"


def fold_list(noun: str, items: Sequence[str]) -> str:
    """``3 messages``, which unfolds to the list of them; one alone is shown."""
    if len(items) == 1:
        return f"<p>{escape(items[0])}</p>"
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<details><summary>{len(items)} {noun}s</summary><ul>{rows}</ul></details>"
