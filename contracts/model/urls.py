"""URLs as others wrote them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def split_url(text: str) -> SplitResult:
    """The parts of a URL or path; no error: where the host is none (``http://a]b/x``), all of it is the path."""
    try:
        return urlsplit(text)
    except ValueError:
        path, _, query = text.partition("?")
        return SplitResult("", "", path, query, "")
