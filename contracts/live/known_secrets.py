"""Secrets that a run knows, in what it shows: a tenant may quote what it was told, in whatever form."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus


def hide_values(text: str, values: Iterable[tuple[str, str]]) -> str:
    """The text without these (kind, value), however they are written (`_list_forms`), in capitals or not.

    A value of one or two characters is in every text, and stays.
    """
    kinds = {form.lower(): kind for kind, value in values if len(value) > 2 for form in _list_forms(value)}
    pattern = "|".join(re.escape(form) for form in sorted(kinds, key=len, reverse=True))

    def name_kind(found: re.Match[str]) -> str:
        return f"({kinds.get(found[0].lower(), 'secret')})"

    return re.sub(pattern, name_kind, text, flags=re.IGNORECASE) if kinds else text


def _list_forms(value: str) -> set[str]:
    """As it is, escaped for XML, once or twice, for JSON or a URL, and in base64, from whichever byte on."""
    forms = {
        value,
        html.escape(value, quote=False),
        html.escape(value),
        json.dumps(value)[1:-1],
        quote(value, safe=""),
        quote_plus(value),
    }
    forms |= {html.escape(form) for form in forms}
    for before in range(3):
        packed = base64.b64encode(b"\0" * before + value.encode()).decode()
        whole = packed[-(-8 * before // 6) : 8 * (before + len(value.encode())) // 6]  # the characters of its bits only
        if len(whole) >= 8:
            forms.add(whole)
    return forms
