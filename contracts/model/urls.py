"""URLs as others wrote them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_URL = re.compile(r"(?<![\w+.-])[A-Za-z][\w+.-]*+://(?:[^\s/?#<>]*@)?[^\s'\"<>(),;]+(?<![.:!])")


def split_url(text: str) -> SplitResult:
    """The parts of a URL or path; no error: where the host is none (``http://a]b/x``), all of it is the path."""
    try:
        return urlsplit(text)
    except ValueError:
        path, _, query = text.partition("?")
        return SplitResult("", "", path, query, "")


def show_url(url: str) -> str:
    """What may be said of a URL: without user, password, query, fragment."""
    parts = split_url(url)
    host = parts.netloc.rpartition("@")[2]
    port = host.rpartition("]")[2].partition(":")[2]
    if port and not port.isdigit():  # half of a password, which has a slash in it
        return f"{parts.scheme}://…"
    if not host:
        return url.partition("?")[0]
    return f"{parts.scheme}://{host}{parts.path}" + ("?…" if parts.query else "")


def hide_in_urls(text: str) -> str:
    """The text; of the URLs in it only what may be said of them."""
    return _URL.sub(lambda found: show_url(found[0]), text) if "://" in text else text


def is_loopback(host: str) -> bool:
    """``localhost`` or an address of this machine; other ways to write one are not recognised, and so refused.

    Where none is to be missed, ask `may_be_loopback`.
    """
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_be_loopback(host: str) -> bool:
    """Whether a host is this machine, in whatever way the system reads it: ``localhost.``, ``127.1``, ``0x7f.1``,
    ``::ffff:127.0.0.1``. No name is looked up."""
    import ipaddress
    import socket

    bare = host.rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return True
    try:
        ((*_, (address, *_)), *_) = socket.getaddrinfo(bare, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return False
    found = ipaddress.ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_loopback or found.is_unspecified
