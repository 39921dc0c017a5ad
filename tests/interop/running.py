"""Runs a client's cases against a server, with a judge on the wire between them."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from contracts.model import Message, Verdict
from contracts.standin.agents import APPLICATION_TOKEN, TICKET
from contracts.standin.server import StandIn
from tests.helpers.messages import CONTRACT
from tests.standin.calls import envelope, send

from .cases import CASES, READ, RUNNING, Case
from .stacks import MONO, Stack, compile_wcf, environment, run_tool
from .tap import tap

_ENDLESS = "<b:Name>running</b:Name><b:Context>endless</b:Context>"
_ACTION = "http://www.superoffice.net/ws/crm/NetServer/Services85/Batch/StartBatchJob"


@dataclass(frozen=True)
class Exchange:
    """A request and its answer as they passed, and what was said of them."""

    request: Message
    response: Message
    verdict: Verdict
    answer: Verdict


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
        return all(one.answer.kept for one in self.exchanges)

    @property
    def still_wrong(self) -> bool:
        """Whether a request still has the mistake, told without the judge."""
        return bool(self.case.mistake) and any(has_mistake(one.request, self.case) for one in self.exchanges)

    @property
    def cell(self) -> str:
        """What the matrix says of it, in a word or two; in capitals what must not be."""
        if "cannot" in self.result:
            return "-"
        if not self.exchanges:
            return "refused"
        if not self.kept:
            rules = ", ".join(self.rules) or "UNJUDGED"
            return f"caught: {rules}" if self.case.mistake else f"FALSE ALARM: {rules}"
        if self.still_wrong:
            return "MISSED"
        if self.case.mistake:
            return "hidden"
        if not self.answers_kept:
            return "ANSWER BROKEN"
        if self.case.reads not in (None, self.result.get("read")):
            return f"READ WRONG: {self.result}"
        return "kept"


def has_mistake(request: Message, case: Case) -> bool:
    assert request.http and case.mistake
    action, media = (request.http.headers.get(name) or "" for name in ("SOAPAction", "Content-Type"))
    root = etree.fromstring(request.data)
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
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment()) as program:
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


def run_stack(stack: Stack, server: Server, cases: list[Case] = CASES) -> Iterator[Outcome]:
    """Each case's outcome. Raises Absent."""
    assert stack.found
    with tempfile.TemporaryDirectory() as folder, tap(server.address) as (watched, passed):
        command = stack.make(Path(folder))
        wsdl = server.wsdl.replace(server.address, watched)
        with open_program([*command, wsdl, watched, APPLICATION_TOKEN, TICKET]) as client:
            assert client.stdin and client.stdout
            for case in cases:
                passed.clear()
                client.stdin.write(write_case(case, start_job(server.address)) + "\n")
                client.stdin.flush()
                result = json.loads(client.stdout.readline() or '{"error": "it ended"}')
                exchanges = tuple(judge(*both) for both in passed if both[0].http.method != "GET")
                yield Outcome(case, result, exchanges)


def judge(request: Message, response: Message) -> Exchange:
    return Exchange(request, response, CONTRACT.judge(request), CONTRACT.judge(response))


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
