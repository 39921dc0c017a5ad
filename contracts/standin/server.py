"""The stand-in tenant: the two agents of a Services85 tenant over HTTP, on loopback, for tests.

It speaks what the vendor's endpoint speaks, is as lenient as WCF, and knows nothing of the rules that judge messages.

    with StandIn() as tenant:
        zeep.Client(f"{tenant.url}/Batch.svc?wsdl")
"""

from __future__ import annotations

import logging
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import KW_ONLY, asdict, dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from xml.sax.saxutils import escape

from ..messages.tree import ALLOWED_CHARSETS, charsets_of
from ..model import ContractsError, Operation
from ..wsdl.document import parse_wsdl
from ..wsdl.service import Service
from . import agents
from .agents import APPLICATION_TOKEN, PASSWORD, TICKET, USER_NAME, CallError, TenantState
from .calls import ADDRESSING_NONE, BadRequest, Call, SoapFault, read_call, unquote_action, write_answer
from .jobs import JobStore
from .misbehaviour import Misbehaviour, MisbehaviourCounter

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from .connections import Listener

TENANT = "Cust12345"
VERSION = "Services85"
_AGENTS = ("Batch", "SoPrincipal")
_XML = "text/xml; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_LARGEST = 16 * 1024 * 1024  # bytes of a request's body
_THREADS = 64  # a worker for each of 50 clients at once: none waits for another that is told to be slow
_LOGIN_PAGE = b"""<!DOCTYPE html>
<html><head><title>Log in</title></head>
<body><form method="post"><input name="user"><input name="password" type="password"></form></body></html>
"""

log = logging.getLogger(__name__)
log_of_queue = log.getChild("queue")
log_of_queue.setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response. ``sent``: how many bytes of the body really go out, None for all."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    sent: int | None = None


@dataclass(eq=False, repr=False)
class StandIn:
    """A tenant that listens from ``start`` to ``stop``, best used as a context manager.

    ``db``: a SQLite file that keeps jobs and tickets over a restart; None: in memory. ``misbehaviours``: as
    `Misbehaviour.parse` reads them (``slow=2@StopBatchJob#1``). ``port`` 0: any free one. ``ticket_seconds``: how long
    an issued ticket is valid. ``job_seconds``: how long a job takes that does not say so (see `jobs`). ``clock``:
    seconds since 1970. ``tickets``: tickets that are valid without having been issued. ``onsite``: application tokens
    are not checked. ``services``: its agents, where they are not those of Services85 as shipped. ``on_call`` gets each
    call that reaches the service, in the thread that answers it.

    ``url`` is ``http://HOST:PORT/Cust12345/Remote/Services85``. Raises ContractsError where it cannot listen or the
    database cannot be used.
    """

    db: Path | str | None = None
    misbehaviours: Iterable[str] = ()
    host: str = "127.0.0.1"
    port: int = 0
    _: KW_ONLY
    ticket_seconds: float = 3600.0
    job_seconds: float = 2.0
    clock: Callable[[], float] = time.time
    tickets: Iterable[str] = (TICKET,)
    onsite: bool = False
    services: Iterable[Service] = ()
    on_call: Callable[[Call], None] | None = None
    url: str = field(default="", init=False)

    def __post_init__(self) -> None:
        services = tuple(self.services) or map(_shipped_service, _AGENTS)
        self._services = {service.agent: service for service in services}
        self._misbehaviours = MisbehaviourCounter(self.misbehaviours)
        labels = (f"{agent}.{name}" for agent, service in self._services.items() for name in service.operations)
        self._misbehaviours.require_known(labels)
        self._stopping = threading.Event()
        self._server: Listener | None = None
        self._thread: threading.Thread | None = None

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> StandIn:
        from waitress import wasyncore

        from .connections import open_listener

        listener, where = open_socket(self.host, self.port)
        try:
            self._store = JobStore(self.db, self.clock, self.job_seconds)
        except ContractsError:
            listener.close()
            raise
        self._state = TenantState(self._store, self.ticket_seconds, frozenset(self.tickets), self.onsite)
        self._map: dict[int, Any] = {}
        server = open_listener(self._respond_wsgi, self._map, listener, threads=_THREADS, largest=_LARGEST)
        # Below this size waitress's loop sends an answer, in one go. A worker that sends it itself holds a lock for
        # which that loop then spins: with 50 clients most of the time went there. Set here and not as a keyword, as
        # waitress then warns that it is deprecated.
        server.adj.send_bytes = 1 << 20
        # Waitress warns of a queue for as long as its workers are being started, and of nothing else with so many.
        server.task_dispatcher.queue_logger = log_of_queue
        self._server = server
        self.url = f"http://{where}/{TENANT}/Remote/{VERSION}"
        self._stopping.clear()

        def run() -> None:
            while not self._stopping.is_set():
                wasyncore.loop(timeout=1.0, use_poll=True, map=self._map, count=1)

        self._thread = threading.Thread(target=run, name="stand-in tenant", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stops listening; requests that wait are not answered. Does nothing where it has not been started."""
        if self._server is None or self._thread is None:
            return
        from waitress import wasyncore

        # Nothing is closed before the loop has ended: it may see the event before the trigger that wakes it is pulled.
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)
        self._store.close()
        self._server = self._thread = None

    def __enter__(self) -> StandIn:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def wsdl(self) -> str:
        """Where the WSDL of its Batch agent is."""
        return f"{self.url}/Batch.svc?wsdl"

    @property
    def agents(self) -> list[str]:
        """Those that it has."""
        return list(self._services)

    @property
    def token(self) -> str:
        """The application token that it knows."""
        return APPLICATION_TOKEN

    @property
    def ticket(self) -> str:
        """A ticket that is valid."""
        return next(iter(self.tickets), TICKET)

    # --- HTTP ---------------------------------------------------------------------------------------------------

    def _respond_wsgi(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        try:
            operation, answer = self._answer_request(environ)
        except Exception as error:  # a bug here must not end in waitress's page, nor in a log that quotes a message
            # Our own text and SQLite's ("database or disk is full") say what to do, and quote nobody; others may.
            why = str(error) if isinstance(error, (sqlite3.Error, ContractsError)) else type(error).__name__
            log.error("internal error: %s", why)
            operation, answer = None, _answer_fault(SoapFault("InternalServiceFault", "An internal error."))
        took = (time.perf_counter() - began) * 1000
        log.info("%s %s %s %.1f ms", environ["REQUEST_METHOD"], operation or "-", answer.status, took)
        headers = [("Content-Length", str(len(answer.body))), *answer.headers]
        if answer.content_type:
            headers.append(("Content-Type", answer.content_type))
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
        return [answer.body[: answer.sent]]

    def _answer_request(self, environ: WSGIEnvironment) -> tuple[str | None, Answer]:
        """The label of the operation that is asked for, if any, and what the tenant answers.

        The misbehaviours that hide a whole tenant come first, then what HTTP refuses, in WCF's order, then the call.
        """
        service = self._service_at(environ.get("PATH_INFO", ""))
        action = unquote_action(environ.get("HTTP_SOAPACTION", ""))
        method = environ["REQUEST_METHOD"]
        operation = None
        if service and method in ("POST", "PUT"):
            operation = next((o for o in service.operations.values() if o.action == action), None)
        label = operation.label if operation else None
        met = self._misbehaviours.pick(label)  # those that this request meets, by name
        if slow := met.get("slow"):
            self._stopping.wait(slow.seconds)
        if unavailable := met.get("503"):
            retry = ("Retry-After", f"{unavailable.seconds:g}")
            return label, Answer(503, b"Service Unavailable", "text/plain", (retry,))
        if "login-page" in met:
            return label, Answer(200, _LOGIN_PAGE, _HTML)
        if service is None:
            return label, Answer(404)
        if method == "GET" and environ.get("QUERY_STRING", "").lower() in ("wsdl", "singlewsdl"):
            answer = Answer(200, self._serve_wsdl(service), _XML)
        elif method not in ("POST", "PUT", "GET"):
            answer = Answer(405, headers=(("Allow", "GET, POST"),))
        elif method != "GET" and not _is_soap11(environ.get("CONTENT_TYPE", "")):
            answer = Answer(415)
        elif "fault" in met:
            answer = _answer_fault(SoapFault("InternalServiceFault", "The operation failed, as it was told to."))
        elif operation is None or "not-supported" in met:  # a GET carries no action either
            answer = _answer_fault(_action_fault("" if method == "GET" else action))
        else:
            answer = self._answer_call(environ["wsgi.input"].read(), operation, service, met)
        return label, _spoil_answer(answer, met)

    def _service_at(self, path: str) -> Service | None:
        parts = path.split("/")
        if len(parts) != 5 or parts[1:4] != [TENANT, "Remote", VERSION]:
            return None
        return self._services.get(parts[4].removesuffix(".svc")) if parts[4].endswith(".svc") else None

    def _serve_wsdl(self, service: Service) -> bytes:
        here = escape(f"{self.url}/{service.agent}.svc", {'"': "&quot;"})
        return Path(service.source).read_bytes().replace(service.address.encode(), here.encode())

    # --- SOAP ---------------------------------------------------------------------------------------------------

    def _answer_call(self, data: bytes, operation: Operation, service: Service, met: dict[str, Misbehaviour]) -> Answer:
        try:
            call = read_call(data, operation, service)
        except BadRequest:
            return Answer(400)
        except SoapFault as fault:
            return _answer_fault(fault)
        result = self._perform_call(call, met)
        if isinstance(result, CallError):
            headers, values = {"Succeeded": False, "ExceptionInfo": asdict(result)}, dict[str, Any]()
        else:
            headers, values = {"Succeeded": True}, dict(result)
        headers["TimeZone"] = call.headers.get("TimeZone")
        if "wrong-operation" in met:
            operation, values = _other_operation(operation, service), {}
        return Answer(200, write_answer(operation, headers, values, service), _XML)

    def _perform_call(self, call: Call, met: dict[str, Misbehaviour]) -> Mapping[str, Any] | CallError:
        if self.on_call:
            self.on_call(call)
        if "expired-ticket" in met and "Credentials" in call.headers:
            return agents.TICKET_EXPIRED
        if "succeeded-false" in met:
            return agents.TOLD_TO_FAIL
        return agents.perform_call(call, self._state)


@lru_cache
def _shipped_service(agent: str) -> Service:
    file = Path(__file__).parents[1] / VERSION / agent / "service.wsdl"
    return parse_wsdl(file.read_bytes(), str(file))[0]


def open_socket(host: str, port: int) -> tuple[socket.socket, str]:
    """A socket that listens, and where, as a URL has it: ``127.0.0.1:8085``, ``[::1]:8085``. Raises ContractsError."""
    is_v6 = ":" in host
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if is_v6 else socket.AF_INET, backlog=1024)
    except (OSError, OverflowError) as error:
        raise ContractsError(f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}") from None
    return listener, f"{f'[{host}]' if is_v6 else host}:{listener.getsockname()[1]}"


def _is_soap11(content_type: str) -> bool:
    """Whether the binding's encoder takes it: text/xml, in UTF-8 or UTF-16 if it says so."""
    media = content_type.partition(";")[0].strip().lower()
    return media == "text/xml" and all(charset in ALLOWED_CHARSETS for charset in charsets_of(content_type))


def _action_fault(action: str) -> SoapFault:
    return SoapFault("ActionNotSupported", f"No operation of the contract has the Action '{action}'.", ADDRESSING_NONE)


def _answer_fault(fault: SoapFault) -> Answer:
    return Answer(500, fault.data(), _XML)


def _other_operation(operation: Operation, service: Service) -> Operation:
    """An operation whose response is another one."""
    body = operation.response and operation.response.body
    return next(o for o in service.operations.values() if o.response and o.response.body != body)


def _spoil_answer(answer: Answer, met: dict[str, Misbehaviour]) -> Answer:
    """The answer as the misbehaviours leave it. ``cut`` promises the whole body, and sends half of it."""
    half = len(answer.body) // 2
    if "empty" in met:
        return Answer(answer.status)
    if "truncated" in met:
        return replace(answer, body=answer.body[:half])
    return replace(answer, sent=half) if "cut" in met else answer


def run_tenant(tenant: StandIn, out: TextIO) -> None:
    """Runs a tenant until Ctrl-C or SIGTERM and says on ``out`` where; for the main thread.

    Raises ContractsError for an address that is taken, or a file that is no database.
    """
    with catch_stop() as stopping, tenant:
        print(f"stand-in tenant at {tenant.url}", *describe_login(tenant.tickets), sep="\n", file=out, flush=True)
        wait_for(stopping)
    print("stopped", file=out, flush=True)


def describe_login(tickets: Iterable[str]) -> list[str]:
    """What the callers of a tenant need, in lines to copy from."""
    return [
        f"application token {APPLICATION_TOKEN!r}",
        *(f"ticket {ticket!r}" for ticket in tickets),
        f"user {USER_NAME!r}, password {PASSWORD!r}; stop it with Ctrl-C",
    ]


@contextmanager
def catch_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; for the main thread."""
    stopping = threading.Event()
    # Ours, not Python's: a shell that starts a job in the background has it ignore Ctrl-C.
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: stopping.set()) for number in signals]
    try:
        yield stopping
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def wait_for(stopping: threading.Event) -> None:
    """Waits until the event is set."""
    while not stopping.wait(1.0):  # with a time-out, so that Windows notices the signal
        pass
