"""Sends requests to a live tenant: time-outs, bounded retries, and what it means when no SOAP comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

from ..files.ask_web import NoAnswer, WebSession, call_within, explain_failure, read_body
from ..files.limits import Unreadable, current_limits
from ..model import ContractsError, Headers, Http, Message
from ..model.secrets import mask_secrets
from ..model.wording import escape_line
from ..rules.http import is_page, media_type_of
from .tenant_settings import TenantSettings

Cause = Literal[
    "unreachable", "unavailable", "not-found", "login-page", "login-failed", "expired", "refused", "locked", "no-wsdl",
    "job-left",
]  # fmt: skip
_LONGEST_WAIT = 30.0
_UNAVAILABLE = {429: "Too Many Requests", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}


class CouldNotJudge(ContractsError):
    """The tenant could not be asked, so that nothing is known of its contract: no breach, and no success either.

    ``cause`` says why in a word; the text in a line, without secrets.
    """

    def __init__(self, cause: Cause, text: str) -> None:
        super().__init__(text)
        self.cause: Cause = cause


class TenantSession:
    """One HTTP session with the tenant of the settings. ``sleep``: how to wait, in seconds. ``redact``: what is done to
    a text that may quote an answer."""

    def __init__(
        self,
        settings: TenantSettings,
        sleep: Callable[[float], None] = time.sleep,
        redact: Callable[[str], str] = mask_secrets,
    ) -> None:
        self._settings, self._sleep, self._redact = settings, sleep, redact
        self._session = WebSession(settings.url)
        self._session.headers = {"User-Agent": "services85-contracts", "Accept-Encoding": "gzip, deflate"}
        self._answered = False

    def close(self) -> None:
        self._session.close()

    def fail(self, cause: Cause, why: str) -> CouldNotJudge:
        """The error that says why the tenant could not be asked."""
        return CouldNotJudge(cause, f"{self._settings.host}: {escape_line(self._redact(why))}")

    def get(self, url: str) -> Message:
        """What lies at a URL of the tenant."""
        return self.send(Message(b"", direction="request", http=Http(Headers(), method="GET", target=url)))

    def send(self, request: Message, *, resend: bool = True) -> Message:
        """The answer to a request with its method and URL; ``resend`` False: one that has left is never sent again."""
        __tracebackhide__ = True
        if not resend:
            self._session.close()  # a connection kept alive may turn out to be dead once the request is on it
        for attempt in range(1, self._settings.attempts + 1):
            last = attempt >= self._settings.attempts
            wait = min(self._settings.backoff * 2 ** (attempt - 1), _LONGEST_WAIT)
            try:
                answer = self._send_once(request)
            except NoAnswer as failed:
                if last or not (failed.again and (resend or failed.unsent)):
                    raise self.fail("unreachable", str(failed)) from None
            else:
                if answer.http is None or answer.http.status != 503 or last or not resend:
                    return self._require_service(answer)
                wait = max(wait, _seconds_to_wait(answer.http.headers.get("Retry-After")))
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _send_once(self, request: Message) -> Message:
        __tracebackhide__ = True
        seconds = self._settings.timeout
        try:
            return call_within(seconds, lambda: self._exchange_once(request, seconds), self._session.cut)
        except Unreadable as error:
            raise NoAnswer(str(error), again=False) from None
        except Exception as error:  # of whatever library: what a tenant sends is no defect of ours
            raise explain_failure(error, seconds) from None

    def _exchange_once(self, request: Message, seconds: float) -> Message:
        __tracebackhide__ = True
        assert request.http is not None and request.http.method and request.http.target
        with self._session.request(
            request.http.method,
            request.http.target,
            data=request.data or None,
            headers=dict(request.http.headers),
            timeout=seconds,
            stream=True,
        ) as response:
            body = b"" if response.is_redirect else read_body(response, current_limits().bytes)
            fields = tuple(response.raw.headers.items())  # each by itself; requests joins those of one name
            http = Http(Headers(fields), status=response.status_code, reason=response.reason or "")
        return Message(body, direction="response", http=http, answers=request)

    def _require_service(self, answer: Message) -> Message:
        """The answer, if it is the service's; raises CouldNotJudge where it is a gateway's or a login page."""
        http = answer.http
        assert http is not None and http.status is not None
        if reason := _UNAVAILABLE.get(http.status):
            raise self.fail("unavailable", f"{http.status} {reason}")
        if http.status in (401, 403, 407):
            raise self.fail("login-page", f"{http.status}, it wants somebody to log in first")
        if 300 <= http.status < 400:
            try:
                to = urlsplit(http.headers.get("Location") or "").hostname or self._settings.host
            except ValueError:
                to = "another place"
            raise self.fail("login-page", f"{http.status}, it sends to a login page ({to}), not the service")
        if http.status == 200 and _is_html(answer):
            raise self.fail("login-page", "it answers with a page of HTML, such as a login page")
        if http.status == 404 and not self._answered:
            raise self.fail("not-found", f"404 for {self._settings.url}: is that the tenant's URL?")
        self._answered = self._answered or http.status in (200, 500)
        return answer


def _seconds_to_wait(given: str | None) -> float:
    """Seconds that a 503 asks to wait, within bounds; a date is not heeded."""
    return min(float(given), _LONGEST_WAIT) if given and given.isascii() and given.isdigit() else 0.0


def _is_html(answer: Message) -> bool:
    kind = media_type_of(answer.http) if answer.http else None
    return kind in ("text/html", "application/xhtml+xml") or is_page(answer.data)
