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


def is_loopback(host: str) -> bool:
    """``localhost`` or an address of this machine; other ways to write one are not recognised, and so refused."""
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
