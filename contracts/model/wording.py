"""How a line is worded that a person, a terminal or a build server reads."""

from __future__ import annotations

from collections.abc import Iterable


def escape_line(text: str) -> str:
    """The text as one line: what a terminal or a build server would act on, or could not show, is escaped."""
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text])


def suggest_nearest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """What an error says last: the nearest of the known words, or else where they are listed."""
    import difflib

    close = difflib.get_close_matches(word, known, 1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; {otherwise}" if otherwise else ""
