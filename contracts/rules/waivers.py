"""Waivers: what a team knows of, violations and changes, each with a reason and a date until which it holds."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from fnmatch import fnmatchcase
from json import dumps
from pathlib import Path
from typing import Any

from ..files.pyproject import read_settings
from ..files.toml import read_toml
from ..model import ContractsError, Finding, Verdict
from ..model.wording import suggest_nearest

_MOST_REMARKS = 20
"""Waivers that excuse nothing, of which each has a line."""


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

    def matches(self, rule: str, path: str, operations: Sequence[str], file: str | None = None) -> bool:
        """Whether it is meant for what a rule found at a path, in one of these operations, and in this file."""
        return (
            self.rule == rule
            and (self.operation is None or any(fnmatchcase(name, self.operation) for name in operations))
            and (self.path in (None, path) or fnmatchcase(path, self.path))
            and (self.file in (None, file) or (file is not None and _is_file_like(file, self.file)))
        )

    def explain_miss(self, rule: str, path: str, operations: Sequence[str], file: str | None = None) -> str:
        """Why it is not meant for what its rule found: the first of its patterns that this is not like."""
        tried = (
            ("operation", self.operation, ", ".join(operations[:3]) or "none"),
            ("path", self.path, path),
            ("file", self.file, file or "none"),
        )
        for key, pattern, found in tried:
            if pattern is not None and not replace(self, **{**_ANY, key: pattern}).matches(
                rule, path, operations, file
            ):
                return f"{rule} was found, but {key} = {dumps(pattern)} is not like {found}"
        return ""

    def find_lack(self, today: date) -> str | None:
        """Why it excuses nothing, or None."""
        if not self.reason:
            return "it has no reason"
        if self.until is None:
            return "it has no date until which it holds"
        return f"it held until {self.until}" if today > self.until else None


_ANY: dict[str, Any] = {"operation": None, "path": None, "file": None}


def _is_file_like(file: str, pattern: str) -> bool:
    return fnmatchcase(file, pattern) or Path(file).match(pattern)


def _load_change_rules() -> Collection[str]:
    from ..diff.change_rules import CHANGE_RULES  # of no use to most runs of check

    return CHANGE_RULES


_FIELDS = {field.name for field in fields(Waiver)}


def read_waivers(path: str) -> list[Waiver]:
    """The ``[[waiver]]`` rows of a TOML file. Raises ContractsError: one line."""
    if not path or "\0" in path:
        raise ContractsError(f"waivers: {path!r} names no file")
    data = read_toml(path)
    if unknown := set(data) - {"waiver"}:
        raise ContractsError(f"{path}: unknown table {sorted(unknown)[0]!r}; waivers are [[waiver]]")
    return parse_waivers(data.get("waiver", []), path)


def read_own_waivers(given: str | None = None) -> list[Waiver]:
    """Those of the file that was given, else of ``[tool.services85]``: a file's, or rows in the table itself."""
    settings = read_settings()
    source = given if given is not None else settings.get("waivers", settings.get("waiver", []))
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
            first = min(unknown)
            hint = suggest_nearest(first, _FIELDS, f"known are {', '.join(sorted(_FIELDS))}")
            raise ContractsError(f"{where}: unknown key {first!r}{hint}")
        if row["rule"] not in RULES and row["rule"] not in (changes := _load_change_rules()):
            hint = suggest_nearest(row["rule"], (*RULES, *changes), "see services85 rules")
            raise ContractsError(f"{where}: no rule {row['rule']!r}{hint}")
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


def format_waiver(rule: str, path: str, operation: str | None, found: str, until: date) -> str:
    """The row of a file of waivers that excuses what was found at a path, as of today."""
    rows = {"rule": rule, "operation": operation, "path": path, "reason": f"known on {date.today()}: {found}"}
    # A string of JSON is one of TOML.
    lines = [f"{key} = {dumps(text)}\n" for key, text in rows.items() if text is not None]
    return "".join(["[[waiver]]\n", *lines, f"until = {until}\n"])


class Waivers:
    """Waivers in use: excuses violations, and remembers which of them did."""

    def __init__(self, rows: Sequence[Waiver], today: date, rules: Container[str] | None = None) -> None:
        """``rules``: those that may find something in this run (None: all); waivers of others are for another one."""
        rows = [row for row in rows if rules is None or row.rule in rules]
        self._valid = [w for w in rows if w.find_lack(today) is None]
        self._lacking = [(w, w.find_lack(today)) for w in rows if w.find_lack(today) is not None]
        self._used: set[str] = set()
        self._misses: dict[str, str] = {}

    def apply(self, verdict: Verdict) -> Verdict:
        """The verdict with the waived violations among the tolerated ones."""
        if not verdict.violations or not self._valid:
            return verdict
        left: list[Finding] = []
        excused: list[Finding] = []
        for finding in verdict.violations:
            waiver = self.find(finding.rule, finding.path, [verdict.label], verdict.file)
            if waiver is None:
                left.append(finding)
            else:
                excused.append(finding.with_excuse("waiver", waiver))
        if not excused:
            return verdict
        return replace(
            verdict,
            outcome="broken" if left else "kept",
            violations=tuple(left),
            tolerated=verdict.tolerated + tuple(excused),
        )

    def find(self, rule: str, path: str, operations: Sequence[str], file: str | None = None) -> str | None:
        """The id of the first waiver that is meant for it, which has excused something from now on."""
        waiver = next((w for w in self._valid if w.matches(rule, path, operations, file)), None)
        for missed in self._valid:
            if missed.rule == rule and missed.id not in self._misses and missed is not waiver:
                self._misses[missed.id] = missed.explain_miss(rule, path, operations, file)
        if waiver is not None:
            self._used.add(waiver.id)
        return waiver.id if waiver is not None else None

    def remarks(self) -> list[str]:
        """A line for each waiver that excuses nothing, with the reason; of very many, for the first of them."""
        lines = [f"waiver {w.id} excuses nothing: {lack}" for w, lack in self._lacking]
        for waiver in (w for w in self._valid if w.id not in self._used):
            missed = f" ({self._misses[waiver.id]})" if waiver.id in self._misses else ""
            lines.append(f"waiver {waiver.id} excused nothing: no such violation any more{missed}")
        if (more := len(lines) - _MOST_REMARKS) > 0:
            lines[_MOST_REMARKS:] = [f"… {more} more waivers that excuse nothing"]
        return lines
