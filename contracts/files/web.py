"""The one module that fetches from the network: from hosts that the user named alone, within bounds of time and size.

No credentials are taken from ``~/.netrc``; between this machine and itself no proxy stands; what is said of a URL
leaves out its user, password and query.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from ..model.urls import show_url
from .limits import Unreadable, current_limits, hint_raise

if TYPE_CHECKING:
    import requests

_SECONDS = 30
"""To connect, and between two pieces of an answer."""
_MOST_REDIRECTS = 10
_UNCLEAR = re.compile(r"[^/?#]*//[^/?#]*[\\\s\x00-\x1f\x7f]")
_allowed: list[frozenset[str]] = [frozenset()]


@contextmanager
def allow_hosts(hosts: Iterable[str]) -> Iterator[None]:
    """Hosts (``name`` or ``name:port``) from which may be fetched too, as long as the block runs."""
    allowed = _allowed[-1] | {host.lower() for host in hosts}
    _allowed.append(allowed)
    try:
        yield
    finally:
        _allowed.remove(allowed)


class WebReader:
    """Fetches what belongs to one contract: from the hosts of the URLs that were named, with one budget for all of it.

    The budget begins with the first thing that is fetched, and is that of `current_limits`: ``imports``, ``unpacked``,
    ``fetching``. ``ask``: what sends a GET and follows no redirect, of a session that the caller has already.
    """

    def __init__(self, named: Iterable[str], ask: Callable[[str], requests.Response] | None = None) -> None:
        self._ask = ask
        self._named = {host for url in named if (host := _host_of(url))}
        self._deadline: float | None = None
        self._left = current_limits().imports + 1
        self._bytes = current_limits().unpacked << 20

    def read(self, url: str) -> bytes:
        """What the web answers with. Raises Unreadable, without the URL: another host, another status, too much."""
        for _ in range(_MOST_REDIRECTS):
            self._require_named(url)
            answer = self._wait_for(url)
            if isinstance(answer, bytes):
                self._bytes -= len(answer)
                return answer
            url = answer
        raise Unreadable(f"sends on more than {_MOST_REDIRECTS} times")

    def _require_named(self, url: str) -> None:
        host = _host_of(url)
        if not url.startswith(("http://", "https://")) or not host:
            raise Unreadable(f"not fetched: {show_url(url)!r} is no address of the web")
        if not {host, host.rpartition(":")[0]} & (self._named | _allowed[-1]):
            host = host.removesuffix(":443").removesuffix(":80")
            raise Unreadable(
                f"not fetched: it is on another host than the WSDL that was named (--allow-host {host} allows it)"
            )

    def _wait_for(self, url: str) -> bytes | str:
        """The content; a URL where the answer is a redirect."""
        most = current_limits()
        self._deadline = self._deadline or time.monotonic() + most.fetching
        self._left -= 1
        if self._left < 0:
            raise Unreadable(most.refuse("imports"))
        from . import ask_web  # slow to import, and most runs fetch nothing

        try:
            with ask_web.WebSession(url) as session:
                ask = self._ask or partial(_ask_plainly, session)
                left = self._deadline - time.monotonic()
                return ask_web.call_within(left, lambda: self._fetch(url, ask), session.cut)
        except Unreadable:
            raise
        except TimeoutError:
            why = f"takes longer than the limit of {most.show('fetching')}{hint_raise('fetching')}"
            raise Unreadable(why) from None
        except Exception as error:  # of whatever library, or for a URL that is none
            raise Unreadable(f"cannot be fetched: {ask_web.explain_failure(error, _SECONDS)}") from None

    def _fetch(self, url: str, ask: Callable[[str], requests.Response]) -> bytes | str:
        from .ask_web import read_body

        with ask(urldefrag(url).url) as answer:
            if 300 <= answer.status_code < 400 and (to := answer.headers.get("Location")):
                return urljoin(url, to)
            if answer.status_code != 200:
                raise Unreadable(f"HTTP {answer.status_code}")
            return read_body(answer, self._bytes)


def _ask_plainly(session: requests.Session, url: str) -> requests.Response:
    address = urlsplit(url)
    if address.username is not None:  # the user named them for this host
        session.auth = (address.username, address.password or "")
    return session.get(url, timeout=_SECONDS, stream=True)


def _host_of(url: str) -> str:
    """``host:port`` in lower case; empty where the URL has none, or what two readers may take for two: to urllib3 a
    backslash ends the host, to Python it is part of a user's name."""
    if _UNCLEAR.match(url):
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}" if parts.hostname else ""
