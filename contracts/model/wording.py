"""How a line is worded that a person, a terminal or a build server reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_BREAKS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_COMMAND = re.compile(r"(##[\w.-]*+)\[")
"""``##[…``, which build servers obey wherever it stands in a line; ``::…`` they obey at its begin alone."""


def escape_line(text: str) -> str:
    """The text as one line: letters, marks and symbols as they are, and no space but U+0020.

    What a terminal or a build server would act on, or nobody would see, is written as ``\\u202e``.
    """
    text = _COMMAND.sub(r"\1\\u005b", text) if "##" in text else text
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() else _BREAKS.get(c) or escape_character(c) for c in text])


LONGEST = 100
"""Characters of a name or a value that somebody else wrote, in whatever we say of it."""
_LONG_WORD = re.compile(rf"[^\s/]{{{LONGEST + 3},}}")
"""Longer than that, and than the two marks that may stand around it; the steps of a path are words of their own."""


def cut_middle(text: str, longest: int = LONGEST) -> str:
    """The text as long as it may be at most; what is left out of it is its middle: ``ArrayOf…Definition``."""
    if len(text) <= longest:
        return text
    head = longest * 2 // 3
    return f"{text[:head]}…{text[head + 1 - longest :]}"


def cut_words(text: str) -> str:
    """A line of ours with each word cut that is too long to be read: what it quotes may be of any length."""
    return _LONG_WORD.sub(lambda found: cut_middle(found[0]), text) if len(text) > LONGEST else text


def escape_character(character: str) -> str:
    """``\\u202e``, ``\\U000e0041``"""
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def describe_defect(error: Exception) -> str:
    """An error that is none of ours to raise, as one line with the place: a defect, to be reported."""
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    name = "/".join(Path(last.filename).parts[-3:])
    said = cut_words(" ".join(str(error).split()))
    return escape_line(f"internal error: {type(error).__name__}: {said} ({name}:{last.lineno})")


def suggest_nearest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """What an error says last: the nearest of the known words, or else where they are listed."""
    import difflib

    close = difflib.get_close_matches(word, known, 1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; {otherwise}" if otherwise else ""


def count_noun(count: int, noun: str) -> str:
    """``1 file``, ``2 files``"""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def wrap_text(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """The text as lines of so many columns, indented by ``first`` and ``rest``; no word or name is broken.

    None but the first begins with ``::``, which a build server would take for a command of ours, indented or not.
    """
    import textwrap

    lines = textwrap.wrap(
        re.sub(r" ++(?=::)", lambda spaces: "\0" * len(spaces[0]), text),
        columns,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\0", " ") for line in lines]
