"""The one door to the network: the hosts that the user named and no others, so many answers in so much time.

No credentials are taken from ``~/.netrc``; between this machine and itself no proxy stands; what is said of a URL
leaves out its user, password and query.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from ..model.urls import is_loopback, show_url
from .limits import Unreadable, hint_raise, limits
from .no_answer import explain_failure

if TYPE_CHECKING:
    import requests

_SECONDS, _PIECE = 30, 65536
"""Seconds to connect, and between two pieces of an answer; bytes of a piece."""
_MOST_REDIRECTS = 10
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


class Door:
    """What may be fetched for one contract: from the hosts of the URLs that were named, with one budget for all of it.

    The budget begins with the first thing that is fetched, and is that of `limits`: ``imports``, ``unpacked``,
    ``fetching``. ``ask``: one that follows no redirects, for a session of one's own.
    """

    def __init__(self, named: Iterable[str], ask: Callable[[str], requests.Response] | None = None) -> None:
        self._ask = ask or _ask_plainly
        self._named = {host for url in named if (host := _host_of(url))}
        self._deadline: float | None = None
        self._left = limits().imports + 1
        self._bytes = limits().unpacked << 20

    def read(self, url: str) -> bytes:
        """What the web answers with. Raises Unreadable, without the URL: another host, another status, too much."""
        for _ in range(_MOST_REDIRECTS):
            self._require_named(url)
            answer = self._wait_for(url)
            if isinstance(answer, bytes):
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
        """The content, or where it lies instead. In a thread: what drips byte by byte never times out by itself."""
        most = limits()
        self._deadline = self._deadline or time.monotonic() + most.fetching
        self._left -= 1
        if self._left < 0:
            raise Unreadable(most.refuse("imports"))
        found: list[bytes | str | Unreadable] = []
        fetching = Thread(target=lambda: found.append(self._fetch(url)), daemon=True)
        fetching.start()
        fetching.join(max(self._deadline - time.monotonic(), 0))
        if not found:
            raise Unreadable(f"takes longer than the limit of {most.show('fetching')}{hint_raise('fetching')}")
        if isinstance(found[0], Unreadable):
            raise found[0]
        self._bytes -= len(found[0])
        return found[0]

    def _fetch(self, url: str) -> bytes | str | Unreadable:
        import requests  # slow to import, and most runs fetch nothing

        try:
            with self._ask(urldefrag(url).url) as answer:
                if 300 <= answer.status_code < 400 and (to := answer.headers.get("Location")):
                    return urljoin(url, to)
                if answer.status_code != 200:
                    return Unreadable(f"HTTP {answer.status_code}")
                return self._read_body(answer)
        except requests.RequestException as error:
            return Unreadable(f"cannot be fetched: {explain_failure(error, _SECONDS)}")
        except Exception as error:  # urllib3's, http.client's, a URL that is none
            return Unreadable(f"cannot be fetched: {type(error).__name__}")

    def _read_body(self, answer: requests.Response) -> bytes | Unreadable:
        most = limits()
        body = bytearray()
        for piece in answer.iter_content(_PIECE):
            body += piece
            if len(body) > most.bytes:
                return Unreadable(most.refuse("size"))
            if len(body) > self._bytes:
                return Unreadable(most.refuse("unpacked"))
            if self._deadline is not None and time.monotonic() > self._deadline:
                return Unreadable("abandoned")  # nobody waits any more
        return bytes(body)


def _ask_plainly(url: str) -> requests.Response:
    with open_session(url) as session:
        address = urlsplit(url)
        if address.username is not None:  # the user named them for this host
            session.auth = (address.username, address.password or "")
        return session.get(url, timeout=_SECONDS, stream=True, allow_redirects=False)


def open_session(url: str) -> requests.Session:
    """A session for a URL: nothing from ``~/.netrc``, and no proxy where it is on this machine."""
    import requests

    session = requests.Session()
    session.auth = _add_nothing  # else requests adds what ~/.netrc has for the host
    session.trust_env = not is_loopback(urlsplit(url).hostname or "")
    return session


def _add_nothing(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _host_of(url: str) -> str:
    """``host:port`` in lower case; empty where the URL has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}" if parts.hostname else ""
