"""What the operations of the stand-in tenant do: eleven of Batch, four of SoPrincipal.

Each handler takes the tenant's state and the parameters and returns the members of the response. An operation that
the contract data declares and that has no handler here is refused by `perform`, never answered with an invention.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model import local
from .calls import Call
from .jobs import Store

APPLICATION_TOKEN = "1234567-1234-9876"
"""The application token that the tenant knows: the one in the documented examples."""
USER_NAME = "tenant.user"
PASSWORD = "stand-in password"
TICKET = "7T:1234abcxyzExample=="
"""The ticket in the documented examples. It was issued to nobody and never expires, so that an example just works."""


@dataclass(frozen=True, slots=True)
class State:
    """What the handlers work on. ``standing`` are tickets that are valid without having been issued."""

    store: Store
    ticket_seconds: float
    standing: frozenset[str] = frozenset({TICKET})
    onsite: bool = False

    def issue(self) -> str:
        """A new ticket, of the form that the service gives."""
        ticket = "7T:" + base64.b64encode(secrets.token_bytes(30)).decode()
        self.store.remember(ticket, USER_NAME, self.ticket_seconds)
        return ticket


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call did not succeed: what ExceptionInfo says."""

    message: str
    kind: str

    def info(self) -> dict[str, Any]:
        """The SoExceptionInfo."""
        return {"Message": self.message, "ExceptionType": self.kind}


NOT_AUTHENTICATED = Failure("Not authenticated", "SoAuthenticationException")
EXPIRED = Failure("Not authenticated: the ticket has expired", "SoAuthenticationException")
NO_APPLICATION = Failure("Not authenticated: the application token is not known", "SoAuthenticationException")
FAILED = Failure("The operation failed, as it was told to", "SoException")


def perform(call: Call, state: State) -> Mapping[str, Any] | Failure:
    """Does what the call asks, if its caller may. The response's members, or why there are none."""
    if failure := _unauthenticated(call, state):
        return failure
    return HANDLERS[call.operation.label](state, call.parameters)


def _unauthenticated(call: Call, state: State) -> Failure | None:
    if "Credentials" in map(local, call.operation.request.headers):
        ticket = ticket_of(call)
        if not ticket:
            return NOT_AUTHENTICATED
        if ticket not in state.standing and (known := state.store.ticket(ticket)) != "valid":
            return EXPIRED if known == "expired" else NOT_AUTHENTICATED
    if not state.onsite and call.headers.get("ApplicationToken") != APPLICATION_TOKEN:
        return NO_APPLICATION
    return None


def ticket_of(call: Call) -> str | None:
    """The ticket, None where Credentials are missing, nil or empty."""
    ticket: str | None = (call.headers.get("Credentials") or {}).get("Ticket")
    return ticket


# --- Batch ----------------------------------------------------------------------------------------------------------

Handler = Callable[[State, Mapping[str, Any]], Mapping[str, Any]]


def _get(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Response": state.store.get(asked["Id"])}


def _start(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    carrier = asked["BatchTaskInfo"]
    return {"Response": 0 if carrier is None else state.store.start(carrier)}


def _stop(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Response": state.store.stop(asked["Id"])}


def _update(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    carrier = asked["BatchTaskInfo"]
    return {"Response": None if carrier is None else state.store.update(carrier)}


def _find(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The jobs that have all that is asked for: name, associates, state. No list of associates: no job."""

    def wanted(job: Mapping[str, Any]) -> bool:
        return (
            ("Name" not in asked or job.get("Name") == asked["Name"])
            and ("AssociateIds" not in asked or job.get("AssociateId", 0) in (asked["AssociateIds"] or ()))
            and ("State" not in asked or asked["State"] in ("All", job["State"]))
        )

    return {"Response": [job for job in state.store.jobs() if wanted(job)]}


def _delete(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    state.store.delete(asked["BatchTaskIds"] or () if "BatchTaskIds" in asked else [asked["BatchTaskId"]])
    return {}


# --- SoPrincipal ----------------------------------------------------------------------------------------------------


def _system_info(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
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


def _implicit(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return _admitted(state)


def _password(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return _login(state, asked["UserName"], asked["Password"])


def _generic(state: State, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The dictionary's keys are UserName and Password, in any case."""
    given = {key.lower(): value for key, value in (asked["AuthenticationData"] or {}).items()}
    return _login(state, given.get("username"), given.get("password"))


def _login(state: State, user: str | None, password: str | None) -> Mapping[str, Any]:
    known = user == USER_NAME and secrets.compare_digest((password or "").encode(), PASSWORD.encode())
    return _admitted(state) if known else {"AuthenticationSucceeded": False}


def _admitted(state: State) -> Mapping[str, Any]:
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
        "Credentials": {"Ticket": state.issue()},
        "AuthenticationSucceeded": True,
    }


HANDLERS: dict[str, Handler] = {
    "Batch.GetBatchTaskInfo": _get,
    "Batch.StartBatchJob": _start,
    "Batch.StopBatchJob": _stop,
    "Batch.UpdateBatchTask": _update,
    "Batch.GetBatchTaskInfosByState": _find,
    "Batch.GetBatchTaskInfosByAssociates": _find,
    "Batch.GetBatchTaskInfosByAssociatesAndState": _find,
    "Batch.GetBatchTaskInfosByNameAndState": _find,
    "Batch.GetBatchTaskInfosByNameAndAssociates": _find,
    "Batch.DeleteBatchTask": _delete,
    "Batch.DeleteBatchTasks": _delete,
    "SoPrincipal.GetSystemInfo": _system_info,
    "SoPrincipal.AuthenticateImplicit": _implicit,
    "SoPrincipal.AuthenticateUsernamePassword": _password,
    "SoPrincipal.AuthenticateGeneric": _generic,
}


# --- what was seen --------------------------------------------------------------------------------------------------


def seen(call: Call) -> str:
    """What reached the service, in the words of the recordings: never a password, and never in a log."""
    credentials = call.headers.get("Credentials")
    ticket = "-" if credentials is None else "nil" if credentials["Ticket"] is None else credentials["Ticket"]
    token = call.headers.get("ApplicationToken")
    return f"{_seen(call)} token={'-' if token is None else token} ticket={ticket}"


_VERBS = {
    "GetBatchTaskInfo": "Get",
    "StartBatchJob": "Start",
    "StopBatchJob": "Stop",
    "UpdateBatchTask": "Update",
    "GetBatchTaskInfosByState": "ByState",
}


def _seen(call: Call) -> str:
    asked = call.parameters
    verb = _VERBS.get(call.operation.name, call.operation.name)
    if "BatchTaskInfo" in asked:
        job = asked["BatchTaskInfo"]
        if job is None:
            return f"{verb} null"
        params = -1 if job["ParameterObject"] is None else len(job["ParameterObject"])
        return f"{verb} Name={job['Name'] or ''} State={job['State']} Details={job['DetailsTable']} params={params}"
    if verb == "ByState":
        return f"{verb} {asked['State']}"
    shown = [f"{name}={value}" for name, value in asked.items() if name not in ("Password", "AuthenticationData")]
    return " ".join([verb, *shown])
