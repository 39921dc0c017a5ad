"""Runs a client's cases against a server, with a judge on the wire between them."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from contracts.messages.exchange import read_exchange
from contracts.messages.reader import Source
from contracts.messages.stored import StoredSide
from contracts.model import Message, Verdict
from contracts.proxy import server as passing
from contracts.proxy.server import Proxy
from contracts.proxy.upstream import read_address
from contracts.standin.agents import APPLICATION_TOKEN, TICKET
from contracts.standin.server import StandIn
from tests.helpers.messages import CONTRACT
from tests.standin.calls import NIL, envelope, send

from .cases import CASES, READ, RUNNING, Case
from .stacks import MONO, Stack, compile_wcf, environment, run_tool

_ENDLESS = "<b:Name>running</b:Name><b:Context>endless</b:Context>"
_ACTION = "http://www.superoffice.net/ws/crm/NetServer/Services85/Batch/StartBatchJob"

_PATIENCE = 10.0  # seconds
_AT_ONCE = {"WCF (Mono)": 20}  # cases: after that many Faults it answers nothing more


@dataclass(frozen=True)
class Exchange:
    """A request and its answer as they passed, and what is said of them. No answer: the server gave none."""

    request: Message
    response: Message | None
    verdict: Verdict
    answer: Verdict | None


class Watched:
    """What has passed a proxy since it was last asked for."""

    def __init__(self) -> None:
        self.begun = 0
        self.passed: list[passing.Exchange] = []

    def keep(self, exchange: passing.Exchange) -> None:
        self.passed.append(exchange)

    def count(self, request: StoredSide) -> None:
        self.begun += 1

    def take(self) -> tuple[Exchange, ...]:
        """A client may have its answer before the proxy hands the exchange over: waits for those that have begun."""
        deadline = time.monotonic() + 10
        while len(self.passed) < self.begun and time.monotonic() < deadline:
            time.sleep(0.001)
        taken, self.passed, self.begun = self.passed, [], 0
        return tuple(judged for one in taken if (judged := judge_exchange(one)))


def judge_exchange(passed: passing.Exchange) -> Exchange | None:
    """None for one that carries no SOAP: ``GET ?wsdl``."""
    asked = passed.request
    assert asked, passed.problem
    found = read_exchange(Source(""), "", lambda: asked, lambda: passed.response)
    request, response = (*(one for one in found if isinstance(one, Message)), None, None)[:2]
    if request is None:
        return None
    return Exchange(request, response, CONTRACT.judge(request), response and CONTRACT.judge(response))


@dataclass(frozen=True)
class Outcome:
    """What became of a case: the client's own result (a key of read, error, cannot), and what was on the wire."""

    case: Case
    result: dict[str, Any]
    exchanges: tuple[Exchange, ...]

    @property
    def rules(self) -> list[str]:
        """The rules that the requests broke."""
        return sorted({finding.rule for one in self.exchanges for finding in one.verdict.violations})

    @property
    def kept(self) -> bool:
        return all(one.verdict.kept for one in self.exchanges)

    @property
    def answers_kept(self) -> bool:
        return all(one.answer and one.answer.kept for one in self.exchanges)

    @property
    def still_wrong(self) -> bool:
        """Whether a request still has the mistake, told without the judge."""
        return bool(self.case.mistake) and any(has_mistake(one.request, self.case) for one in self.exchanges)

    @property
    def cell(self) -> str:
        """What the matrix says of it, in a word; in capitals what must not be."""
        if "cannot" in self.result:
            return "-"
        if not self.exchanges:
            return "refused" if self.case.mistake else f"CANNOT SEND: {self.result}"
        if not self.kept:
            if not self.rules:
                return "UNJUDGED"
            if not self.case.mistake:
                return f"FALSE ALARM: {self.rules}"
            return "caught" if self.still_wrong else f"CAUGHT FOR ANOTHER REASON: {self.rules}"
        if not self.answers_kept:
            return "ANSWER BROKEN"
        if self.case.mistake:
            return "MISSED" if self.still_wrong else "hidden"
        if self.case.reads is not None and str(self.result.get("read")).lower() != str(self.case.reads).lower():
            return f"READ WRONG: {self.result}"
        return "kept"

    @property
    def is_wrong(self) -> bool:
        """Whether it is what must not be: a false alarm, a mistake that nobody caught, a client misled."""
        return self.cell not in ("kept", "caught", "hidden", "refused", "-")

    @property
    def sent(self) -> str:
        """What a client made of a mistake that it hides: ``Id 0``, ``no Created``; empty where that says nothing."""
        name, root = self.case.shows, etree.fromstring(self.exchanges[-1].request.data)
        found = root.xpath(f"//*[local-name() = '{name}']")
        if not name or not found:
            return name and f"no {name}"
        inner = "nil" if found[0].get(NIL) else ", ".join(map(_show_child, found[0]))
        return f"{name} {inner or found[0].text or 'empty'}"


def _show_child(element: etree._Element) -> str:
    return f"{etree.QName(element).localname} {element.text or ''}".rstrip()


def has_mistake(request: Message, case: Case) -> bool:
    assert request.http and case.mistake
    action, media = (request.http.headers.get(name) or "" for name in ("SOAPAction", "Content-Type"))
    try:
        root = etree.fromstring(request.data)
    except etree.XMLSyntaxError:
        return True
    return bool(root.xpath(f"boolean({case.mistake})", action=action.strip('"'), type=media))


@dataclass(frozen=True)
class Server:
    """A running Batch.svc, and who serves its WSDL."""

    address: str
    wsdl: str


@contextmanager
def run_standin() -> Iterator[Server]:
    """The stand-in tenant."""
    with StandIn() as tenant:
        address = f"{tenant.url}/Batch.svc"
        yield Server(address, f"{address}?wsdl")


@contextmanager
def run_wcf() -> Iterator[Server]:
    """Mono's WCF. It serves no WSDL: the stand-in does. Raises Absent."""
    run_tool(MONO)
    with tempfile.TemporaryDirectory() as folder, run_standin() as described:
        command = compile_wcf(Path(folder), "servers/wcf_server.cs")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        with open_program([*command, port, APPLICATION_TOKEN, TICKET]) as server:
            assert server.stdout
            yield Server(server.stdout.readline().strip(), described.wsdl)


SERVERS: dict[str, Callable[[], AbstractContextManager[Server]]] = {"stand-in": run_standin, "WCF (Mono)": run_wcf}


@contextmanager
def open_program(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that ends when its input does."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=environment()
    ) as program:
        try:
            yield program
        finally:
            assert program.stdin
            with suppress(BrokenPipeError):
                program.stdin.close()
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()


def run_cases(stack: Stack, server: str, cases: Sequence[Case] = CASES) -> Iterator[Outcome]:
    """Each case's outcome, at a server of that name. Raises Absent."""
    at_once = _AT_ONCE.get(server, len(cases))
    for first in range(0, len(cases), at_once):
        with SERVERS[server]() as running:
            yield from _run_client(stack, running, cases[first : first + at_once])


def _run_client(stack: Stack, server: Server, cases: Sequence[Case]) -> Iterator[Outcome]:
    assert stack.found
    watched = Watched()
    proxy = Proxy(read_address(server.address), watched.keep, refuse=watched.count, seconds=_PATIENCE)
    with tempfile.TemporaryDirectory() as folder, proxy:
        command = stack.make(Path(folder))
        wsdl = server.wsdl.replace(server.address, proxy.url)
        with open_program([*command, wsdl, proxy.url, APPLICATION_TOKEN, TICKET]) as client:
            assert client.stdin and client.stdout
            for case in cases:
                client.stdin.write(write_case(case, start_job(server.address)) + "\n")
                client.stdin.flush()
                result = json.loads(client.stdout.readline() or '{"error": "it ended"}')
                yield Outcome(case, result, watched.take())


def start_job(address: str) -> int:
    """The id of a job that runs until it is stopped."""
    head = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{_ACTION}"'}
    body = f"<b:StartBatchJob><b:BatchTaskInfo>{_ENDLESS}</b:BatchTaskInfo></b:StartBatchJob>"
    return int(send(address, "POST", envelope(body), head).text("Response") or 0)


def write_case(case: Case, running: int) -> str:
    """A line for a client: the case's name, the running job's id, and as JSON what is to be called."""
    parameters = {name: running if value == RUNNING else value for name, value in case.parameters.items()}
    reads = READ in parameters.values()
    asked = {
        "operation": case.operation,
        "parameters": parameters,
        "headers": case.headers,
        "ordered": {"parameters": order(parameters), "headers": order(case.headers)},
        "read": running if reads else 0,
        "way": case.way,
        "action": case.action,
        "namespace": case.namespace,
    }
    return f"{case.name}\t{running}\t{json.dumps(asked)}"


def order(value: Any) -> Any:
    """For a language whose objects have no order: ``{"members": [[name, value], …]}``."""
    if isinstance(value, dict):
        return {"members": [[name, order(member)] for name, member in value.items()]}
    return [order(member) for member in value] if isinstance(value, list) else value
