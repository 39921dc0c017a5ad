"""Waivers: a team's own known violations, each with a reason and a date until which it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from json import dumps
from pathlib import Path
from typing import Any

from ..files.pyproject import read_settings
from ..files.toml import parse_toml
from ..model import ContractsError, Finding, Verdict


@dataclass(frozen=True, slots=True)
class Waiver:
    """A team's own known violation, held until a date. Patterns are those of fnmatch; None matches anything.

    A path or a file as a report names it matches itself, ``Id[2]`` too.
    """

    id: str
    rule: str
    operation: str | None
    path: str | None
    file: str | None
    reason: str
    until: date | None

    def matches(self, finding: Finding, verdict: Verdict) -> bool:
        return (
            self.rule == finding.rule
            and (self.operation is None or fnmatchcase(verdict.label, self.operation))
            and (self.path in (None, finding.path) or fnmatchcase(finding.path, self.path))
            and (
                self.file in (None, verdict.file)
                or fnmatchcase(verdict.file, self.file)
                or Path(verdict.file).match(self.file)
            )
        )

    def find_lack(self, today: date) -> str | None:
        """Why it excuses nothing, or None."""
        if not self.reason:
            return "it has no reason"
        if self.until is None:
            return "it has no date until which it holds"
        return f"it held until {self.until}" if today > self.until else None


_FIELDS = {field.name for field in fields(Waiver)}


def read_waivers(path: str) -> list[Waiver]:
    """The ``[[waiver]]`` rows of a TOML file. Raises ContractsError: one line."""
    try:
        data = parse_toml(Path(path).read_bytes(), path)
    except OSError as error:
        raise ContractsError(f"{path}: {error.strerror or error}") from None
    if unknown := set(data) - {"waiver"}:
        raise ContractsError(f"{path}: unknown table {sorted(unknown)[0]!r}; waivers are [[waiver]]")
    return parse_waivers(data.get("waiver", []), path)


def read_own_waivers(given: str | None = None) -> list[Waiver]:
    """Those of the file that was given, else of ``[tool.services85]``: a file's, or rows in the table itself."""
    settings = read_settings()
    source = given or settings.get("waivers", settings.get("waiver", []))
    return read_waivers(source) if isinstance(source, str) else parse_waivers(source, "pyproject.toml")


def parse_waivers(rows: Any, path: str) -> list[Waiver]:
    """Waivers from parsed TOML rows; ``path`` names their file in errors."""
    from . import RULES

    if not isinstance(rows, list):
        raise ContractsError(f"{path}: waiver has to be an array of tables: [[waiver]]")
    waivers = []
    for number, row in enumerate(rows, 1):
        where = f"{path}: waiver {number}"
        if not isinstance(row, dict) or not isinstance(row.get("rule"), str):
            raise ContractsError(f"{where}: names no rule")
        if unknown := set(row) - _FIELDS:
            raise ContractsError(f"{where}: unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(_FIELDS))}")
        if row["rule"] not in RULES:
            raise ContractsError(f"{where}: no rule {row['rule']!r}; see services85 rules")
        until = row.get("until")
        if isinstance(until, str):
            try:
                until = date.fromisoformat(until)
            except ValueError:
                raise ContractsError(f"{where}: until = {until!r} is no date, as 2027-01-31") from None
        if isinstance(until, datetime):
            until = until.date()
        if until is not None and not isinstance(until, date):
            raise ContractsError(f"{where}: until has to be a date, as 2027-01-31")
        for key in ("id", "operation", "path", "file", "reason"):
            if not isinstance(row.get(key, ""), str):
                raise ContractsError(f"{where}: {key} has to be a text")
        waivers.append(
            Waiver(
                id=row.get("id") or f"{row['rule']}-{number}",
                rule=row["rule"],
                operation=row.get("operation"),
                path=row.get("path"),
                file=row.get("file"),
                reason=row.get("reason", "").strip(),
                until=until,
            )
        )
    return waivers


def format_waiver(finding: Finding, verdict: Verdict, until: date) -> str:
    """The row of a file of waivers that excuses a violation wherever an operation has it so, as of today."""
    reason = f"known on {date.today()}: expected {finding.expected}, found {finding.found}"
    rows = {"rule": finding.rule, "operation": verdict.label, "path": finding.path, "reason": reason}
    # A string of JSON is one of TOML.
    return "[[waiver]]\n" + "".join(f"{key} = {dumps(text)}\n" for key, text in rows.items()) + f"until = {until}\n"


class Waivers:
    """Waivers in use: excuses violations, and remembers which of them did."""

    def __init__(self, rows: Sequence[Waiver], today: date) -> None:
        self._valid = [w for w in rows if w.find_lack(today) is None]
        self._lacking = [(w, w.find_lack(today)) for w in rows if w.find_lack(today) is not None]
        self._used: set[str] = set()

    def apply(self, verdict: Verdict) -> Verdict:
        """The verdict with the waived violations among the tolerated ones."""
        if not verdict.violations or not self._valid:
            return verdict
        left: list[Finding] = []
        excused: list[Finding] = []
        for finding in verdict.violations:
            waiver = next((w for w in self._valid if w.matches(finding, verdict)), None)
            if waiver is None:
                left.append(finding)
            else:
                self._used.add(waiver.id)
                excused.append(replace(finding, excuse=("waiver", waiver.id)))
        if not excused:
            return verdict
        return replace(
            verdict,
            outcome="broken" if left else "kept",
            violations=tuple(left),
            tolerated=verdict.tolerated + tuple(excused),
        )

    def remarks(self) -> list[str]:
        """A line for each waiver that excuses nothing, with the reason."""
        lines = [f"waiver {w.id} excuses nothing: {lack}" for w, lack in self._lacking]
        return lines + [
            f"waiver {w.id} excused nothing: no such violation any more" for w in self._valid if w.id not in self._used
        ]
