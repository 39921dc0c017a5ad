"""The frame of a report in HTML: reads on a telephone and on a wide screen, fetches nothing, runs no script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

_STYLE = """\
:root { color-scheme: light dark; --line: #8884; --broken: #b3261e; --judged: #8a5a00; --kept: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --broken: #ff8a80; --judged: #ffc266; --kept: #7fd6a0; } }
body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1.broken { color: var(--broken) } h1.judged { color: var(--judged) } h1.kept { color: var(--kept) }
h2 { font-size: 1.1rem; margin: 0; }
section { border-top: 1px solid var(--line); padding: .8rem 0; }
code, pre, dd, p, li, summary { overflow-wrap: anywhere; white-space: pre-wrap; margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .4rem 0; }
dt { opacity: .7; } dd { margin: 0; }
.table { overflow-x: auto; } table { border-collapse: collapse; }
td, th { padding: .3em .8em .3em 0; border-bottom: 1px solid var(--line); text-align: right; }
td:first-child, th:first-child { text-align: left; }
"""


def wrap_page(title: str, outcome: str, summary: str, body: Iterable[str]) -> Iterator[str]:
    """The lines of a page: the outcome as its heading, a summary, and a body that is HTML already."""
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(title)}: {outcome}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>"
    yield f'<h1 class="{outcome.rpartition(" ")[2]}">{escape(title)}: {outcome}</h1>\n<p>{escape(summary)}</p>'
    yield from body
    yield "</body>\n</html>"


def fold_list(noun: str, items: Sequence[str]) -> str:
    """``3 messages``, which unfolds to the list of them; one alone is shown."""
    if len(items) == 1:
        return f"<p>{escape(items[0])}</p>"
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<details><summary>{len(items)} {noun}s</summary><ul>{rows}</ul></details>"
