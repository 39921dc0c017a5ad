"""Where a cassette comes from: its ``recorded:`` block, and what has changed since.

recorded:
  from: stand-in
  at: '2026-11-24T18:00:00+00:00'
  by: services85-contracts 1.0.0, vcrpy 9.4.2
  contract: {version: Services85, digest: 0123456789abcdef}
  expects: [header-missing]
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ..files.limits import Unreadable
from ..messages.stored_yaml import cassette_loader
from ..wsdl import fingerprint
from ..wsdl.service import Service

MAX_AGE = timedelta(days=365)

Expects = Sequence[str] | Mapping[str, Sequence[str]]
"""Rule ids that the requests break on purpose, or such ids by part (``interaction 1 request``)."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """The block of one cassette.

    ``source`` (``from`` in the file): ``stand-in``, ``WCF on Mono``, or the kind of a tenant. ``at``: when, with its
    time zone. ``by``: tools and versions. ``version`` is that of the agents it was recorded from, ``digest`` is of what
    their contract meant then (see `digest_contract`).
    """

    source: str
    at: datetime
    by: str
    version: str = ""
    digest: str = ""
    expects: Expects = ()

    def as_dict(self) -> dict[str, Any]:
        """The block as it stands in the file."""
        return {
            "from": self.source,
            "at": self.at.isoformat(timespec="seconds"),
            "by": self.by,
            "contract": {"version": self.version, "digest": self.digest},
        } | ({"expects": self.expects} if self.expects else {})

    def __str__(self) -> str:
        return f"recorded from {self.source} on {self.at:%Y-%m-%d} by {self.by}"


def state_provenance(
    source: str, services: Sequence[Service], expects: Expects = (), at: datetime | None = None
) -> Provenance:
    """The block of what was recorded ``at`` that time (None: now), from these services."""
    from importlib.metadata import version

    versions = "+".join(sorted({service.version for service in services}))
    tools = ", ".join(f"{name} {version(name)}" for name in ("services85-contracts", "vcrpy"))
    return Provenance(source, at or datetime.now(UTC), tools, versions, digest_contract(services), expects)


def digest_contract(services: Iterable[Service]) -> str:
    """What tells one contract of these services from another: 16 hex digits over what they mean, in any order.

    Another layout of the same WSDLs (prefixes, order, documentation, address, files) has the same. Agents that a
    recording does not use are no part of its digest.
    """
    lines = sorted(f"{service.version} {service.agent} {fingerprint.digest_service(service)}" for service in services)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def parse_provenance(document: Any) -> Provenance | None:
    """The ``recorded:`` block of a cassette's document, None where it has none. Raises Unreadable for a wrong one."""
    raw = document.get("recorded") if isinstance(document, dict) else None
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise Unreadable("the recorded: block is no mapping")
    contract = raw.get("contract") or {}
    if not isinstance(contract, dict):
        raise Unreadable("contract: in the recorded: block is no mapping of version and digest")
    return Provenance(
        str(raw.get("from") or "an unnamed source"),
        _parse_time(raw.get("at")),
        str(raw.get("by") or "an unnamed tool"),
        str(contract.get("version") or ""),
        str(contract.get("digest") or ""),
        raw.get("expects") or (),
    )


def load_yaml(file: str | Path) -> Any:
    """The document of a cassette file (YAML, or JSON, which is YAML too). Raises Unreadable."""
    import yaml

    try:
        return yaml.load(Path(file).read_bytes(), Loader=cassette_loader())
    except OSError as bad:
        raise Unreadable(f"{file}: cannot be read: {bad.strerror}") from None
    except (yaml.YAMLError, ValueError):
        raise Unreadable(f"{file}: not well-formed YAML") from None


def read_provenance(file: str | Path) -> Provenance | None:
    """The block of a cassette file. Raises Unreadable where the file, or its block, is not readable."""
    document = load_yaml(file)
    try:
        return parse_provenance(document)
    except Unreadable as bad:
        raise Unreadable(f"{file}: {bad}") from None


def report_outdated(
    cassettes: Iterable[tuple[str, Provenance | None]],
    digests: Mapping[str, str],
    *,
    max_age: timedelta = MAX_AGE,
    now: datetime | None = None,
) -> list[str]:
    """One line for each cassette that a report has to say something of: no block, too old, another contract.

    ``digests``: the digest of the same agents' contract today, by its version (``Services85``).
    """
    now = now or datetime.now(UTC)
    found = []
    for file, recorded in cassettes:
        if recorded is None:
            found.append(f"{file}: does not say where it was recorded (no recorded: block)")
            continue
        remarks = []
        if (age := now - recorded.at) > max_age:
            remarks.append(f"{age.days} days old, more than {max_age.days}")
        today = digests.get(recorded.version)
        if today != recorded.digest:
            held = f"{recorded.version or 'unnamed'} {recorded.digest}".strip()
            remarks.append(f"the contract was another one then ({held}, today {today or 'not at hand'})")
        if remarks:
            found.append(f"{file}: {recorded}: {'; '.join(remarks)}")
    return found


def _parse_time(raw: Any) -> datetime:
    """YAML reads a bare time as one of its own, and a bare day as a date."""
    if isinstance(raw, str):
        try:
            raw = datetime.fromisoformat(raw)
        except ValueError:
            raise Unreadable(f"at: in the recorded: block is no time: {raw[:40]!r}") from None
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = datetime(raw.year, raw.month, raw.day)
    if not isinstance(raw, datetime):
        raise Unreadable("the recorded: block does not say when (at:)")
    return raw if raw.tzinfo else raw.replace(tzinfo=UTC)
