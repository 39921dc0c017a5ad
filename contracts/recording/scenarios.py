"""What is recorded: one scenario, one cassette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..standin.agents import PASSWORD, USER_NAME

Where = Literal["stand-in", "any", "with-a-job", "login"]
JOB = "services85-contracts"
"""The name of the job that is started on the stand-in tenant; on a live one it is what --allow-start says."""

THE_JOB = object()
"""In the place of an id: that of the job which the recording started."""

UNKNOWN_TICKET = "7T:bm90IGEgdGlja2V0IG9mIGFueWJvZHk="


@dataclass(frozen=True, slots=True)
class Scenario:
    """``label`` is called with ``parameters`` and recorded as ``Agent/Operation.case.yaml``.

    ``on``: ``any`` tenant; only the ``stand-in`` (it changes something, or is broken on purpose); ``with-a-job``: where
    a job may be started; ``login``: where user and password are given. ``live``: other parameters for a live tenant, so
    that nothing of its customer's data comes back. ``ticket``: ``expired``, ``unknown``, None: a valid one.
    ``expects``: the rules that the request breaks on purpose. ``soap12``: it goes out as SOAP 1.2.
    """

    label: str
    case: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    on: Where = "any"
    live: Mapping[str, Any] | None = None
    ticket: Literal["expired", "unknown"] | None = None
    expects: tuple[str, ...] = ()
    soap12: bool = False

    @property
    def file(self) -> str:
        """``Batch/StopBatchJob.stopped.yaml``"""
        return f"{self.label.replace('.', '/')}.{self.case}.yaml"


_SOMEBODY: dict[str, Any] = {"AssociateIds": [0, 1]}
_NOBODY: dict[str, Any] = {"AssociateIds": [-1]}
_ALL: dict[str, Any] = {"State": "All"}
_SOAP12 = ("envelope-version",)
_LOGIN = {"UserName": USER_NAME, "Password": PASSWORD}
_WRONG_LOGIN = _LOGIN | {"Password": "not the password"}
_NAMED: dict[str, Any] = {"Name": JOB}
_CARRIER = {
    "Name": JOB,
    "ParameterObject": {"report": "monthly", "format": "pdf"},
    "Context": "endless",
    "State": "New",
    "Description": "Recorded to show how a job is started and stopped",
}
_CHANGED_CARRIER = _CARRIER | {"Id": THE_JOB, "Context": ""}

SCENARIOS = (
    Scenario("SoPrincipal.AuthenticateUsernamePassword", "accepted", _LOGIN, "login"),
    Scenario("SoPrincipal.AuthenticateUsernamePassword", "refused", _WRONG_LOGIN, "stand-in"),
    Scenario("SoPrincipal.AuthenticateGeneric", "accepted", {"AuthenticationData": _LOGIN}, "stand-in"),
    Scenario("SoPrincipal.AuthenticateImplicit", "accepted", {}, "stand-in"),
    Scenario("SoPrincipal.GetSystemInfo", "found"),
    Scenario("Batch.StartBatchJob", "started", {"BatchTaskInfo": _CARRIER}, "with-a-job"),
    Scenario("Batch.GetBatchTaskInfo", "found", {"Id": THE_JOB}, "with-a-job"),
    Scenario("Batch.GetBatchTaskInfo", "unknown-id", {"Id": -1}),
    Scenario("Batch.GetBatchTaskInfosByState", "all", _ALL, live={"State": "Unknown"}),
    Scenario("Batch.GetBatchTaskInfosByState", "none", {"State": "Unknown"}),
    Scenario("Batch.GetBatchTaskInfosByNameAndState", "found", {"Name": JOB, "State": "Started"}, "with-a-job"),
    Scenario("Batch.GetBatchTaskInfosByAssociates", "found", _SOMEBODY, live=_NOBODY),
    Scenario("Batch.GetBatchTaskInfosByAssociates", "nobody", {"AssociateIds": []}),
    Scenario("Batch.GetBatchTaskInfosByAssociatesAndState", "found", _SOMEBODY | _ALL, live=_NOBODY | _ALL),
    Scenario("Batch.GetBatchTaskInfosByNameAndAssociates", "found", _NAMED | _SOMEBODY, live=_NAMED | _NOBODY),
    Scenario("Batch.UpdateBatchTask", "updated", {"BatchTaskInfo": _CHANGED_CARRIER}, "stand-in"),
    Scenario("Batch.StopBatchJob", "stopped", {"Id": THE_JOB}, "with-a-job"),
    Scenario("Batch.StopBatchJob", "not-running", {"Id": THE_JOB}, "with-a-job"),
    Scenario("Batch.StopBatchJob", "unknown-id", {"Id": 2147483647}),
    Scenario("Batch.StopBatchJob", "negative-id", {"Id": -2147483648}),
    Scenario("Batch.StopBatchJob", "bad-ticket", {"Id": -1}, ticket="unknown"),
    Scenario("Batch.StopBatchJob", "fault", {"Id": "abc"}, "stand-in", expects=("value-lexical",)),
    Scenario("Batch.StopBatchJob", "unsupported-media-type", {"Id": -1}, "stand-in", expects=_SOAP12, soap12=True),
    Scenario("Batch.DeleteBatchTask", "deleted", {"BatchTaskId": THE_JOB}, "stand-in"),
    Scenario("Batch.DeleteBatchTasks", "deleted", {"BatchTaskIds": [43]}, "stand-in"),
    Scenario("Batch.StopBatchJob", "expired-ticket", {"Id": -1}, "stand-in", ticket="expired"),
)  # fmt: skip
