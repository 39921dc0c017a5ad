"""Hypothesis strategies: lexical forms of values, texts of any kind, and the markup that carries them."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import strategies as st

from contracts.generate.forms import ValueSpace, invalid_forms, valid_forms

from .oracles import Oracle, plain_markup

_BLANK = st.text(" \t\r\n", max_size=3)
XML_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r"),
    max_size=20,
)
"""Any text that XML 1.0 can carry."""
_DIGITS = "0123456789"
ALPHABETS = {
    "integer": _DIGITS + "+-.,_eExXa \t\n\u00a0\u2003\u200b\u2212\u0661\u0664\u096a\uff14\uff12",
    "boolean": "truefalsTRUEyno01 \t\n\u00a0\uff11",
    "decimal": _DIGITS + "+-.,_eE \t\n\u00a0\u0664",
    "double": _DIGITS + "+-.,_eEINFaN \t\n\u00a0\u0664",
    "dateTime": _DIGITS + "-:TZ+. \t\u00a0\u0664",
    "duration": _DIGITS + "-PYMDTHS. \t\u00a0\u0664",
    "guid": _DIGITS + "abcdefABCDEF-{}g \u0664",
    "base64": _DIGITS + "ABQgwzYW+/=-_ \t\n\u00a0",
    "enum": "ABNewStarted19 \u00a0",
    "list": "SelectUpda,|; \t\n\u00a0\u2003",
    "string": "a<&>\"' \t\n\r\u00a0",
}


def written(number: int) -> st.SearchStrategy[str]:
    """Every way to write an integer: signs, leading zeros, XML's white space around it."""
    digits = str(abs(number))
    signs = ["-"] if number < 0 else ["", "+"] if number else ["", "+", "-"]
    zeros = st.one_of(st.integers(0, 3), st.just(40)).map("0".__mul__)
    return st.tuples(_BLANK, st.sampled_from(signs), zeros, st.just(digits), _BLANK).map("".join)


@st.composite
def integers(draw: Any, low: int, high: int) -> tuple[int, str]:
    """``(the value meant, its form)``, bounds included often."""
    number = draw(st.one_of(st.sampled_from((low, high, 0)).filter(lambda n: low <= n <= high), st.integers(low, high)))
    return number, draw(written(number))


def forms(oracle: Oracle) -> st.SearchStrategy[str]:
    """Forms that are values of the type."""
    padded = {
        "boolean": lambda: st.sampled_from(("true", "false", "1", "0")),
        "dateTime": _date_times,
        "decimal": lambda: st.decimals(allow_nan=False, allow_infinity=False, places=4).map("{:f}".format),
        "double": lambda: st.floats().map(_double),
        "duration": _durations,
    }
    match oracle.family:
        case "integer":
            return integers(oracle.low, oracle.high).map(lambda pair: pair[1])
        case "enum":
            return st.sampled_from(oracle.names)
        case "list":
            names = st.lists(st.sampled_from(oracle.names), max_size=4)
            return st.tuples(_BLANK, names, st.sampled_from((" ", "\n", "\t ")), _BLANK).map(
                lambda parts: parts[0] + parts[2].join(parts[1]) + parts[3]
            )
        case "guid":
            return st.uuids().map(str) | st.uuids().map(lambda guid: str(guid).upper())
        case "base64":
            return st.binary(max_size=20).map(lambda data: base64.b64encode(data).decode())
        case "string":
            return XML_TEXT
    return st.tuples(_BLANK, padded[oracle.family](), _BLANK).map("".join)


def _double(number: float) -> str:
    return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(number), repr(number))


def _date_times() -> st.SearchStrategy[str]:
    zone = st.sampled_from(("", "Z", "+02:00", "-11:30", "+14:00"))
    return st.tuples(st.datetimes().map(lambda at: at.isoformat()), zone).map("".join)


@st.composite
def _durations(draw: Any) -> str:
    days, hours, minutes, seconds = (draw(st.none() | st.integers(0, 100)) for _ in range(4))
    fraction = draw(st.sampled_from(("", ".5", ".1234567"))) if seconds is not None else ""
    time = "".join(
        f"{value}{unit}"
        for value, unit in ((hours, "H"), (minutes, "M"), (seconds if seconds is None else f"{seconds}{fraction}", "S"))
        if value is not None
    )
    day = "" if days is None else f"{days}D"
    sign = draw(st.sampled_from(("", "-")))
    return f"{sign}P{day}{'T' if time else ''}{time}" if day or time else "PT0S"


@st.composite
def _near(draw: Any, oracle: Oracle) -> str:
    """A form with one character put in, taken out or changed."""
    text = draw(forms(oracle))
    at = draw(st.integers(0, len(text)))
    put = draw(st.text(ALPHABETS[oracle.family], max_size=1))
    return text[:at] + put + text[at + draw(st.integers(0, 1)) :]


_MOST_NAMES = 300
"""Of an enum, that are all tried: a code list may have tens of thousands."""


def table(oracle: Oracle, *, short: bool = False) -> tuple[str, ...]:
    """The boundary values that are always tried, good and bad ones. ``short``: some of them only."""
    kind = ValueSpace(
        oracle.family,
        *((oracle.low, oracle.high) if oracle.family == "integer" else ()),
        values=oracle.names[:_MOST_NAMES],
    )
    right, wrong = valid_forms(kind), [text for _, text in invalid_forms(kind)]
    return (*right[:2], *wrong[-4:]) if short else (*right, *wrong)


def texts(oracle: Oracle) -> st.SearchStrategy[str]:
    """Texts of which many are values of the type, many nearly so, and the others anything."""
    return st.one_of(
        forms(oracle),
        _near(oracle),
        st.text(ALPHABETS[oracle.family], max_size=12),
        XML_TEXT,
    )


@st.composite
def dressed(draw: Any, text: str) -> str:
    """Markup that says exactly this text: characters plain, as references or CDATA, comments between them."""
    if not text or len(text) > 60 or draw(st.booleans()):
        return plain_markup(text)
    parts = []
    for character in text:
        how = draw(st.integers(0, 7))
        if how == 0:
            parts.append(f"&#{ord(character)};")
        elif how == 1:
            parts.append(f"&#x{ord(character):X};")
        elif how == 2 and character.isascii() and character not in "\r]>":
            parts.append(f"<![CDATA[{character}]]>")
        else:
            parts.append(plain_markup(character))
        if how == 3:
            parts.append("<!-- 7 -->")
    return "".join(parts)
