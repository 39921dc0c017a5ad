"""What is for eyes: lines of a terminal's width, colour where there is some, tables, and how far it is."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO


def paint_text(text: str, code: str, stream: TextIO) -> str:
    """The text in a colour where the stream is a terminal that has some; NO_COLOR and FORCE_COLOR."""
    forced = os.environ.get("FORCE_COLOR") and stream is sys.stdout  # a report in a file is for no terminal
    wanted = forced or (stream.isatty() and os.environ.get("TERM") != "dumb")
    return f"\x1b[{code}m{text}\x1b[0m" if wanted and not os.environ.get("NO_COLOR") else text


UNBROKEN = 10_000
"""Columns enough for any line of ours to stay one, for grep and the like."""


def measure_width(stream: TextIO | None = None, elsewhere: int = 80) -> int:
    """Columns to fill: the terminal's; ``elsewhere``: where it is none."""
    stream = stream or sys.stdout
    return min(shutil.get_terminal_size((80, 24)).columns, 120) if stream.isatty() else elsewhere


def draw_table(
    rows: Iterable[Sequence[object]], heads: Sequence[str], *, columns: int = 80, texts: int = 1
) -> list[str]:
    """A table without a frame: the first ``texts`` columns to the left, the last of them filled; numbers to the right.

    The same text wherever it goes. Without a head where all ``heads`` are empty.
    """
    from rich.console import Console, ConsoleDimensions
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=any(heads))
    for number, head in enumerate(heads, 1):
        table.add_column(head, justify="right" if number > texts else "left", no_wrap=number < texts)
    for row in rows:
        table.add_row(*map(str, row))
    canvas = io.StringIO()
    plain = Console(file=canvas, color_system=None, markup=False, emoji=False, highlight=False)
    plain.size = ConsoleDimensions(columns, 1)  # said as `width`, it would be what COLUMNS of the environment says
    plain.print(table)
    return [line.rstrip() for line in canvas.getvalue().splitlines()]


@contextmanager
def show_progress(total: int | None) -> Iterator[Callable[[str], None]]:
    """A bar on standard error, if that is a terminal; what it yields is called with a word at each step."""
    if not sys.stderr.isatty():
        yield lambda word: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda word: bar.update(task, advance=1, description=word)
