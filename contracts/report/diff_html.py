"""What changed between two contracts, as one page that works from a file: no script but its own, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import TextIO

from ..diff.change_rules import CHANGE_RULES
from ..diff.comparison import Comparison, Use
from ..model import SEVERITIES, Change
from ..model.wording import counted
from .diff_words import (
    SIDES,
    count_by_operation,
    describe_evidence,
    describe_steps,
    first_few,
    headline,
    name_message,
    name_move,
    old_and_new,
    where_named,
)

_PAGE = Path(__file__).with_name("diff.html")


def render_html(comparison: Comparison, stream: TextIO) -> Iterator[str]:
    """The page; every text in it is escaped."""
    indexed = [(change, comparison.used(i)) for i, change in enumerate(comparison.changes)]
    indexed.sort(key=lambda pair: pair[1] is None)  # what is used comes first
    agents = sorted({agent for change in comparison.changes for agent in change.agents})
    operations = sorted({operation for change in comparison.changes for operation in change.operations})
    yield Template(_PAGE.read_text("utf-8")).substitute(
        title=escape(name_move(comparison)),
        steps="\n".join(f"<dt>{escape(what)}</dt><dd>{_arrow(how)}</dd>" for what, how in describe_steps(comparison)),
        per_operation=_list_operations(comparison),
        headline=escape(headline(comparison)),
        severities="".join(_checkbox(severity, comparison.counts[severity]) for severity in SEVERITIES),
        used='<label><input type="checkbox" id="used" checked> only what you use</label>' if comparison.usage else "",
        agents=_options(agents),
        operations=_options(operations),
        rows="\n".join(_row(change, use) for change, use in indexed),
    )


def _arrow(text: str) -> str:
    return escape(text.replace(" -> ", " → "))


def _breakable(path: str) -> str:
    """A long name breaks before a word in it, not within one."""
    return re.sub(r"(?<=[a-z.])(?=[A-Z])", "<wbr>", escape(path))


def _list_operations(comparison: Comparison) -> str:
    if comparison.usage is None:
        return ""
    counts = list(count_by_operation(comparison))
    rows = [f"<li><code>{escape(label)}</code>: {escape(touched)}</li>" for label, touched in counts if touched]
    untouched = [label for label, touched in counts if not touched]
    told = "".join(f"<p>{escape(note)}</p>" for note in describe_evidence(comparison))
    kept = f"<p>Not touched: {escape(', '.join(untouched))}</p>" if untouched else ""
    return f"<h2>What you use</h2>{told}<ul>{''.join(rows)}</ul>{kept}"


def _checkbox(severity: str, count: int) -> str:
    box = f'<input type="checkbox" name="severity" value="{severity}" checked>'
    return f'<label class="{severity}">{box} {severity} ({count})</label>'


def _options(names: Iterable[str]) -> str:
    return "".join(f'<option value="{escape(name)}">{escape(name)}</option>' for name in names)


def _row(change: Change, use: Use | None) -> str:
    data = {
        "severity": change.severity,
        "agents": " ".join(change.agents),
        "operations": " ".join(change.operations),
        "used": "yes" if use else "",
    }
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    operations = ", ".join(change.operations) or "none"
    seen = ""
    if use:
        messages = "<br>".join(escape(name_message(*m)) for m in use.messages)
        if messages:
            seen = f"<details><summary>{use.severity} for {len(use.messages)} recorded</summary>{messages}</details>"
        seen += "".join(f"<p>{use.severity} for {escape(text)}</p>" for text in where_named(use))
        seen += f"<p>No answer seen of {escape(first_few(use.unseen))}: any counts</p>" if use.unseen else ""
    versions = f"<p>In {escape(', '.join(change.versions))}</p>" if change.versions else ""
    cells = (
        f'<span class="{change.severity}">{change.severity}</span>' + ("<br> used" if use else ""),
        escape(", ".join(change.agents)),
        f"<code>{escape(change.rule)}</code>",
        f"<code>{_breakable(change.path)}</code><br>{_arrow(old_and_new(change))}",
        f"<p>{escape(change.why)}</p><p>Do: {escape(CHANGE_RULES[change.rule].hint)}</p>{seen}{versions}",
        (SIDES[change.direction] if change.operations else "")
        + f"<details><summary>{counted(len(change.operations), 'operation')}</summary>{escape(operations)}</details>",
    )
    return f"<tr {attributes}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
