"""What the operations of the stand-in tenant do: eleven of Batch, four of SoPrincipal.

Each handler takes the tenant's state and the parameters and returns the members of the response. An operation that
the contract data declares and that has no handler here ends in a Fault (InternalServiceFault), not in an invention.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model import local
from ..model.names import EXAMPLE_TICKET, EXAMPLE_TOKEN
from .calls import Call
from .jobs import JobStore

APPLICATION_TOKEN = EXAMPLE_TOKEN
"""The application token that the tenant knows: the one in the documented examples."""
USER_NAME = "tenant.user"
PASSWORD = "stand-in password"
TICKET = EXAMPLE_TICKET
"""The ticket in the documented examples. It was issued to nobody and never expires, so that an example just works."""


@dataclass(frozen=True, slots=True)
class TenantState:
    """What the handlers work on. ``standing_tickets`` are valid without having been issued."""

    store: JobStore
    ticket_seconds: float
    standing_tickets: frozenset[str] = frozenset({TICKET})
    onsite: bool = False

    def issue_ticket(self) -> str:
        """A new ticket, of the form that the service gives."""
        ticket = "7T:" + base64.b64encode(secrets.token_bytes(30)).decode()
        self.store.add_ticket(ticket, USER_NAME, self.ticket_seconds)
        return ticket


@dataclass(frozen=True, slots=True)
class CallError:
    """Why a call did not succeed, by the names of ExceptionInfo's members."""

    Message: str
    ExceptionType: str = "SoAuthenticationException"


NOT_AUTHENTICATED = CallError("Not authenticated")
TICKET_EXPIRED = CallError("Not authenticated: the ticket has expired")
UNKNOWN_APPLICATION = CallError("Not authenticated: the application token is not known")
TOLD_TO_FAIL = CallError("The operation failed, as it was told to", "SoException")


def perform_call(call: Call, state: TenantState) -> Mapping[str, Any] | CallError:
    """Does what the call asks, if its caller may. The response's members, or why there are none."""
    return _refuse_caller(call, state) or HANDLERS[call.operation.label](state, call.parameters)


def _refuse_caller(call: Call, state: TenantState) -> CallError | None:
    if "Credentials" in map(local, call.operation.request.headers):
        ticket = (call.headers.get("Credentials") or {}).get("Ticket")
        if not ticket:
            return NOT_AUTHENTICATED
        if ticket not in state.standing_tickets and (status := state.store.ticket_status(ticket)) != "valid":
            return TICKET_EXPIRED if status == "expired" else NOT_AUTHENTICATED
    if not state.onsite and call.headers.get("ApplicationToken") != APPLICATION_TOKEN:
        return UNKNOWN_APPLICATION
    return None


# --- Batch ----------------------------------------------------------------------------------------------------------

Handler = Callable[[TenantState, Mapping[str, Any]], Mapping[str, Any]]


def _start_job(state: TenantState, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    carrier = asked["BatchTaskInfo"]
    return {"Response": 0 if carrier is None else state.store.start_job(carrier)}


def _update_job(state: TenantState, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    carrier = asked["BatchTaskInfo"]
    return {"Response": None if carrier is None else state.store.update_job(carrier)}


def _find_jobs(state: TenantState, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The jobs that have all that is asked for: name, associates, state. No list of associates: no job."""

    def is_wanted(job: Mapping[str, Any]) -> bool:
        return (
            ("Name" not in asked or job.get("Name") == asked["Name"])
            and ("AssociateIds" not in asked or job.get("AssociateId", 0) in (asked["AssociateIds"] or ()))
            and ("State" not in asked or asked["State"] in ("All", job["State"]))
        )

    return {"Response": [job for job in state.store.list_jobs() if is_wanted(job)]}


def _delete_jobs(state: TenantState, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    state.store.delete_jobs(asked["BatchTaskIds"] or () if "BatchTaskIds" in asked else [asked["BatchTaskId"]])
    return {}


# --- SoPrincipal ----------------------------------------------------------------------------------------------------


def _describe_system(state: TenantState, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "SystemInfo": {
            "License": {"CompanyName": "Stand-in tenant", "OwnerName": "Stand-in tenant"},
            "BuildLabel": "stand-in",
            "Description": "A stand-in tenant for contract tests; no SuperOffice code is in it",
            "BuildType": "Release",
            "IsUnicode": True,
            "CompanyName": "Stand-in tenant",
            "DatabaseType": "SQLite",
        }
    }


def _log_in(state: TenantState, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """UserName and Password are parameters, or keys of the dictionary AuthenticationData, in any case there."""
    pairs = asked["AuthenticationData"] or {} if "AuthenticationData" in asked else asked
    given = {key.lower(): value for key, value in pairs.items()}
    password = (given.get("password") or "").encode()
    known = given.get("username") == USER_NAME and secrets.compare_digest(password, PASSWORD.encode())
    return _admit_user(state) if known else {"AuthenticationSucceeded": False}


def _admit_user(state: TenantState) -> Mapping[str, Any]:
    return {
        "Response": {
            "UserType": "InternalAssociate",
            "Associate": USER_NAME,
            "AssociateId": 1,
            "IsPerson": True,
            "PersonId": 1,
            "RoleName": "User",
            "RoleType": "Employee",
            "FullName": "Stand-in user",
            "EjUserStatus": "StatusNormal",
        },
        "Credentials": {"Ticket": state.issue_ticket()},
        "AuthenticationSucceeded": True,
    }


HANDLERS: dict[str, Handler] = {
    "Batch.GetBatchTaskInfo": lambda state, asked: {"Response": state.store.find_job(asked["Id"])},
    "Batch.StartBatchJob": _start_job,
    "Batch.StopBatchJob": lambda state, asked: {"Response": state.store.stop_job(asked["Id"])},
    "Batch.UpdateBatchTask": _update_job,
    "Batch.GetBatchTaskInfosByState": _find_jobs,
    "Batch.GetBatchTaskInfosByAssociates": _find_jobs,
    "Batch.GetBatchTaskInfosByAssociatesAndState": _find_jobs,
    "Batch.GetBatchTaskInfosByNameAndState": _find_jobs,
    "Batch.GetBatchTaskInfosByNameAndAssociates": _find_jobs,
    "Batch.DeleteBatchTask": _delete_jobs,
    "Batch.DeleteBatchTasks": _delete_jobs,
    "SoPrincipal.GetSystemInfo": _describe_system,
    "SoPrincipal.AuthenticateImplicit": lambda state, asked: _admit_user(state),
    "SoPrincipal.AuthenticateUsernamePassword": _log_in,
    "SoPrincipal.AuthenticateGeneric": _log_in,
}
