"""A live tenant, behind guards: what is sent keeps the contract, changes nothing, and goes to no production host.

    from contracts.live.guarded_tenant import GuardedTenant
    from contracts.live.tenant_settings import TenantSettings

    with GuardedTenant(TenantSettings.read()) as tenant:
        exchange = tenant.call("Batch.StopBatchJob", {"Id": -1})
        contract.judge(exchange.response).raise_if_broken()

Three things can go wrong, and are never confused: ContractBroken (by `Contract.judge`): the tenant breaks the contract;
GuardRefusal: a guard said no, and nothing was sent; CouldNotJudge: the tenant could not be asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Any

from lxml import etree

from ..contract import Contract, load
from ..messages import tree as envelope
from ..model import Change, ContractsError, Message, Operation, UnreadableContract, local
from ..model.secrets import mask_secrets
from ..wsdl.service import Service
from .build_request import build_request, insert_credentials, post_message
from .exchange import CREDENTIALS_REFUSED, NOT_THERE, SUCCEEDED, Exchange
from .guards import AllowedCalls, allowed_calls, check_call, check_identity, texts_at
from .http_session import CouldNotJudge, TenantSession
from .job_journal import JobJournal, StartedJob
from .known_secrets import hide_values
from .tenant_lock import LockNotTaken, interrupt_on_signals, lock_tenant
from .tenant_settings import TenantSettings

_LOGIN = "SoPrincipal.AuthenticateUsernamePassword"
_STOP_ATTEMPTS = 20
PAUSE = 0.5
"""Seconds from one attempt to stop a job, or look at it, to the next: one that waits cannot be stopped yet."""
Body = Mapping[str, Any] | bytes | None
"""The parameters of a call, or a whole envelope."""


class NotAsDeclared(AssertionError):
    """A tenant does not do what its contract declares, though its answer is a proper one: a breach."""


class GuardedTenant:
    """A tenant of which this run is the only one, from ``with`` to the end of its block.

    ``contract``: what requests are judged by (default: Services85 as shipped). ``wait``: seconds to wait for another
    run to end. Jobs that were started are stopped at the end. Not for use from several threads.

    ``__tracebackhide__``: pytest shows no local variables of these methods (``--showlocals``): they hold secrets.
    """

    def __init__(
        self,
        settings: TenantSettings,
        contract: Contract | None = None,
        *,
        wait: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.contract = contract or load()
        self._wait, self._sleep = wait, sleep
        self._started: dict[int, tuple[Service, StartedJob]] = {}
        self._ticket: str | None = settings.ticket
        self._login_is_broken = False
        self._held = ExitStack()
        self._wsdls: dict[str, list[Service]] = {}
        self.remarks: list[str] = []
        """What is worth knowing of the answers, a line each."""

    def __enter__(self) -> GuardedTenant:
        tenant = self.settings.tenant
        try:
            self._held.enter_context(lock_tenant(tenant, self._wait))
        except LockNotTaken as error:
            raise self._open_session.fail("locked", str(error)) from None
        self._held.enter_context(interrupt_on_signals())
        self._held.callback(self._open_session.close)
        try:
            self._journal = JobJournal(tenant if self.settings.keep_journal else None)
        except ContractsError:
            self._held.close()
            raise
        self._earlier = tuple(self._journal.jobs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._held:
            told = [self._stop_earlier(job) for job in self._earlier if job.number is not None]
            left = [number for number in self.started if not self._stop_job(number)]
            if left:
                told.append(f"job {', '.join(map(str, left))} was started by this run and could not be stopped")
            for job in [job for job in self._journal.jobs if job.number is None]:
                told.append(f"a job named {job.name} may have been started, and its id is not known: look for it")
                self._journal.remove(job)
            text = "; ".join(filter(None, told))
            if not text:
                return
            if error is None:
                raise self._open_session.fail("job-left", f"{text}: stop it by hand")
            error.add_note(f"{text}: stop it by hand")

    @cached_property
    def _open_session(self) -> TenantSession:
        return TenantSession(self.settings, self._sleep, self.redact)

    # --- calls --------------------------------------------------------------------------------------------------

    def call(self, label: str, body: Body = None, *, ticket: str | None = None) -> Exchange:
        """Calls an operation (``Batch.StopBatchJob``); logs in before, and again where the ticket has expired.

        ``body``: the parameters, or a whole envelope, whose ApplicationToken and Ticket are replaced by the tenant's.
        ``ticket``: another one than the tenant's, such as one that it does not know.

        Raises ContractBroken for a request that is broken and GuardRefusal for one that a guard forbids: nothing is
        sent then. Raises CouldNotJudge where no answer of the service comes back.
        """
        __tracebackhide__ = True
        service, operation = self._find_declared(label)
        starts = operation.name == self._allowed_calls(service).start
        own = ticket is None
        logs_in = own and "Credentials" in map(local, operation.request.headers)
        # Checked before anybody logs in; and StartBatchJob is never sent twice, so that it wants a fresh ticket.
        checked = self._checked_request(
            label, self._build_envelope(label, body, ticket or self._ticket or "7T:not-logged-in")
        )
        if logs_in and (self._ticket is None or (starts and self.settings.user)):
            self.login()
        if starts:
            return self._start_job(label, service, body, self._job_name(checked, service, operation))
        exchange = self._send_call(label, body, ticket or self._ticket or "")
        if own and exchange.outcome == CREDENTIALS_REFUSED:
            if logs_in and self.settings.user:
                self.login()
                exchange = self._send_call(label, body, self._ticket or "")
            if exchange.outcome == CREDENTIALS_REFUSED:
                raise self._refused_credentials(exchange)
        return exchange

    def _job_name(self, request: Message, service: Service, operation: Operation) -> str:
        root = envelope.parse(request.data).root
        assert root is not None  # it was judged kept
        return texts_at(root, operation, self._allowed_calls(service).start_name)[0]

    def _refused_credentials(self, exchange: Exchange) -> CouldNotJudge:
        kind = exchange.text("ExceptionType") or "Succeeded=false"
        return self._open_session.fail("expired", f"it refuses the credentials ({kind})")

    def _start_job(self, label: str, service: Service, body: Body, name: str) -> Exchange:
        """Starts a job, which is written down before: whatever comes of it, it is stopped again, or told of."""
        __tracebackhide__ = True
        job = StartedJob(service.agent, name)
        self._journal.add(job)
        try:
            exchange = self._send_call(label, body, self._ticket or "", resend=False)
        except CouldNotJudge as error:
            self._journal.remove(job)  # as it is told of here
            raise CouldNotJudge(error.cause, f"{error}; the job may have been started all the same") from None
        if not self._contract_of(label).judge(exchange.response).kept:
            return exchange  # what it says of an id may be anybody's: it is told of at the end
        if exchange.outcome == CREDENTIALS_REFUSED:
            self._journal.remove(job)
            raise self._refused_credentials(exchange)
        number = int(exchange.text("Response") or 0) if exchange.outcome == SUCCEEDED else 0
        if number > 0:
            known = replace(job, number=number)
            self._started[number] = service, known
            self._journal.replace(job, known)
        else:
            self._journal.remove(job)
        return exchange

    @contextmanager
    def job(self, carrier: Mapping[str, Any], label: str = "Batch.StartBatchJob") -> Iterator[int]:
        """Starts a job (a BatchTaskInfo, whose Name has to be allowed) and stops it at the end of the block."""
        before = self.started
        exchange = self.call(label, {"BatchTaskInfo": carrier})
        if self.started == before:
            self.contract.judge(exchange.response).with_texts(self.redact).raise_if_broken()
            self.require_outcome(exchange)
            raise ContractsError(f"{label} answered without the id of a job")
        number = self.started[-1]
        try:
            yield number
        finally:
            self._stop_job(number)  # where that fails, the end of the run tries again, and tells

    def _find_declared(self, label: str) -> tuple[Service, Operation]:
        return self._contract_of(label).operation(label if "/" in label else f"{self.settings.version}/{label}")

    def _allowed_calls(self, service: Service) -> AllowedCalls:
        return allowed_calls(service, self.settings.live)

    def _contract_of(self, label: str) -> Contract:
        """The tenant's contract; a user logs in by the shipped one where that is of other agents only."""
        held = {(service.version, service.agent) for service in self.contract.services}
        if label == _LOGIN and (self.settings.version, _LOGIN.partition(".")[0]) not in held:
            return load()
        return self.contract

    def _build_envelope(self, label: str, body: Body, ticket: str) -> bytes:
        __tracebackhide__ = True
        service, operation = self._find_declared(label)
        token = self.settings.application_token
        if isinstance(body, bytes):
            return insert_credentials(body, {"Ticket": ticket} | ({"ApplicationToken": token} if token else {}))
        headers = {"Credentials": {"Ticket": ticket}} | ({"ApplicationToken": token} if token else {})
        return build_request(service, operation, body or {}, headers)

    def _checked_request(self, label: str, data: bytes, *, login: bool = False) -> Message:
        """The request, if it is kept and no guard forbids it."""
        __tracebackhide__ = True
        service, operation = self._find_declared(label)
        request = post_message(f"{self.settings.url}/{service.agent}.svc", data, operation.action)
        self._contract_of(label).judge(request, operation=label, onsite=self.settings.onsite).raise_if_broken()
        root = envelope.parse(data).root
        assert root is not None  # it was judged kept
        allowed = self._allowed_calls(service)
        check_identity(service, operation)
        if not (login and operation.name == allowed.login):
            check_call(operation, root, allowed, started=self.started, allow_start=self.settings.allow_start)
        return request

    def _send_call(self, label: str, body: Body, ticket: str, *, login: bool = False, resend: bool = True) -> Exchange:
        __tracebackhide__ = True
        request = self._checked_request(label, self._build_envelope(label, body, ticket), login=login)
        return Exchange(label, request, self._open_session.send(request, resend=resend))

    # --- tickets ------------------------------------------------------------------------------------------------

    @property
    def ticket(self) -> str:
        """The ticket in use; logs in where there is none yet."""
        return self._ticket or self.login().text("Ticket") or ""

    def login(self) -> Exchange:
        """Gets a fresh ticket. The answer is judged like any other, once; a wrong password is no breach."""
        __tracebackhide__ = True
        settings = self.settings
        if not settings.user:
            raise self._open_session.fail("expired", "the ticket is not valid, and there is no user to log in")
        if self._login_is_broken:
            raise self._open_session.fail("login-failed", "the answer to the login breaks the contract")
        who = {"UserName": settings.user, "Password": settings.password}
        exchange = self._send_call(_LOGIN, who, "", login=True)
        verdict = self._contract_of(_LOGIN).judge(exchange.response, operation=_LOGIN)
        self._login_is_broken = bool(verdict.violations)
        verdict.with_texts(self.redact).raise_if_broken()
        ticket = exchange.text("Ticket")
        if exchange.succeeded is False or not exchange.flag("AuthenticationSucceeded") or not ticket:
            status = exchange.response.http.status if exchange.response.http else None
            why = "user, password or token" if status == 200 else f"HTTP {status}"
            if exchange.outcome != SUCCEEDED:
                why += f" ({exchange.refusal})"
            raise self._open_session.fail("login-failed", f"the user could not log in: {why}")
        self._ticket = ticket
        return exchange

    def secrets(self) -> tuple[tuple[str, str], ...]:
        """`TenantSettings.secrets`, and the ticket in use."""
        return (*self.settings.secrets(), *((("ticket", self._ticket),) if self._ticket else ()))

    def redact(self, text: str) -> str:
        """The text, which may quote an answer, without this tenant's secrets and what looks like one."""
        return mask_secrets(hide_values(text, [pair for pair in self.secrets() if pair[0] != "host"]))

    # --- outcomes -----------------------------------------------------------------------------------------------

    def require_outcome(self, exchange: Exchange, wanted: str = SUCCEEDED) -> None:
        """Holds an answer, whose message is kept, against what the call was meant to end in (`Exchange.outcome`).

        Raises NotAsDeclared where the tenant has not what its contract declares, or accepts what it has to refuse;
        CouldNotJudge for any other refusal: that of a tenant that refuses everything says nothing of its contract.
        """
        refusal = self.redact(exchange.refusal)
        if exchange.outcome == wanted:
            return
        if exchange.outcome == SUCCEEDED:
            raise NotAsDeclared(f"{exchange.label} succeeded, and has to be refused ({wanted})")
        if exchange.outcome in NOT_THERE:
            raise NotAsDeclared(f"{exchange.label} is not there as the contract declares it: {refusal}")
        raise self._open_session.fail("refused", f"it refuses calls: {refusal}")

    # --- jobs ---------------------------------------------------------------------------------------------------

    @property
    def started(self) -> tuple[int, ...]:
        """The ids of the jobs that this run started and has not stopped yet."""
        return tuple(self._started)

    def _stop_earlier(self, job: StartedJob) -> str:
        """Stops a job of a run that was killed, if it is still the one; what is left to say of it."""
        services = self.contract.services.of_agent(self.settings.version, job.agent)
        allowed = self._allowed_calls(services[0]) if services else AllowedCalls()
        try:
            if allowed.stop_look:
                looked = self.call(f"{job.agent}.{allowed.stop_look}", {allowed.stop_id: job.number})
                if looked.outcome == SUCCEEDED and looked.text("Name") != job.name:  # it is gone, and its id another's
                    self._journal.remove(job)
                    return ""
                self._started[job.number or 0] = services[0], job
                if looked.outcome == SUCCEEDED and self._stop_job(job.number or 0):
                    return ""
        except (ContractsError, AssertionError):
            pass
        self._started.pop(job.number or 0, None)
        return f"job {job.number} ({job.name}) was started by an earlier run and could not be stopped"

    def _stop_job(self, number: int) -> bool:
        """Stops a job of this run, once it runs; whether it is stopped, or has ended."""
        try:
            for _ in range(_STOP_ATTEMPTS):
                if number not in self._started:
                    return True
                service, job = self._started[number]
                allowed = self._allowed_calls(service)
                exchange = self.call(f"{service.agent}.{allowed.stop}", {allowed.stop_id: number})
                if not exchange.succeeded:
                    return False
                if exchange.flag("Response") or not self._is_waiting(number):
                    del self._started[number]
                    self._journal.remove(job)
                    return True
                self._sleep(PAUSE)
        except (ContractsError, AssertionError):
            pass
        return False

    def wait_until_begun(self, number: int) -> None:
        """Waits until a job of this run has begun, or for as long as one is tried to be stopped."""
        for _ in range(_STOP_ATTEMPTS):
            if not self._is_waiting(number):
                return
            self._sleep(PAUSE)

    def _is_waiting(self, number: int) -> bool:
        """Whether a job of this run has still to begin: nothing stops it yet, and it would run all the same."""
        service, _ = self._started[number]
        allowed = self._allowed_calls(service)
        if not allowed.stop_look:
            return False
        looked = self.call(f"{service.agent}.{allowed.stop_look}", {allowed.stop_id: number})
        return looked.text("State") in allowed.stop_waiting

    # --- drift --------------------------------------------------------------------------------------------------

    def drift(self) -> tuple[Change, ...]:
        """What changed from the contract to the WSDLs that the tenant serves, for the agents of the contract.

        Raises CouldNotJudge where a WSDL cannot be had: a server may answer every call and serve none (404, or WCF's
        help page), so that nothing is told of an agent that is gone.
        """
        from ..diff.compare import compare

        version, there = self.settings.version, self.settings.agents
        ours = [s for s in self.contract.services if s.version == version and (there is None or s.agent in there)]
        theirs = [served for service in ours for served in self._served_services(service.agent)]
        if not theirs:
            raise self._open_session.fail("no-wsdl", "it serves no WSDL")
        return tuple(change.with_texts(self.redact) for change in compare(ours, theirs))

    def _served_services(self, agent: str) -> list[Service]:
        """What the tenant's own WSDL of an agent says, asked for once. Raises CouldNotJudge."""
        if agent not in self._wsdls:
            from ..wsdl.document import parse_wsdl

            place = f"{self.settings.url}/{agent}.svc?singleWsdl"
            answer = self._open_session.get(place)
            status = answer.http.status if answer.http else None
            try:
                if status != 200:
                    raise UnreadableContract(f"HTTP {status}")
                self._wsdls[agent] = parse_wsdl(answer.data, place, any_binding=True)
            except (UnreadableContract, etree.XMLSyntaxError) as error:
                raise self._open_session.fail("no-wsdl", f"no WSDL of {agent}: {error}") from None
        return self._wsdls[agent]

    def declares_itself(self, service: Service, answer: Message, label: str) -> bool:
        """Whether an answer that breaks the contract keeps the tenant's own WSDL, which changed in nothing that breaks
        a caller: then drift tells of the change, and the answer is no other breach. `remarks` says so.
        """
        from ..diff.compare import compare

        try:
            theirs = [
                served for served in self._served_services(service.agent) if served.binding.soap == service.binding.soap
            ]
        except CouldNotJudge:
            return False  # its calls work, and it shows no WSDL: what is not declared is a breach
        if not Contract(theirs).judge(answer, operation=label).kept:
            return False
        if any(change.severity == "breaking" for change in compare([service], theirs)):
            return False
        self.remarks.append(f"{label}: the answer has what the contract lacks; the tenant's own WSDL declares it")
        return True
