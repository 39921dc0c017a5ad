"""Which tenant, and as whom: from the environment, ``[tool.services85]`` of pyproject.toml, and the command line."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from posixpath import normpath
from typing import Any
from urllib.parse import urlsplit

from ..files.pyproject import TENANT_KEYS, read_settings
from ..model import ContractsError
from ..model.urls import is_loopback
from .guards import VENDOR, check_host

PREFIX = "SERVICES85_"
# Strict, so that no two parsers can see two hosts in it.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>\d{1,5}))?"
    r"(?P<path>(?:/[\w.~-]+)*)/(?P<version>Services\d+)(?:/\w*\.svc)?/?(?:\?\w*)?",
    re.IGNORECASE | re.ASCII,
)
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?")
_TENANT = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """A live tenant and the credentials for it; secrets are in no repr.

    ``url``: ``https://HOST/TENANT/Remote/Services85``, with or without an agent behind it. ``production``: the host
    once more, where it is no sandbox. ``application_token`` None: an on-site installation, which wants none.
    ``live``: a file that says what may be called, in the place of what is shipped (see `guards.allowed_calls`).
    ``timeout``: seconds that one answer may take. ``attempts``: how often a request is sent at most, ``backoff``
    seconds after the first one, then twice as long each time. ``allow_start``: names of jobs that may be started.
    ``agents``: those that it has, where that is known: the stand-in has few, and drifts in no other.
    ``keep_journal``: whether started jobs are written down, for a run after one that is killed to stop them.

    Raises ContractsError for what is missing or wrong, GuardRefusal for a host that is not to be talked to.
    """

    url: str
    application_token: str | None = field(default=None, repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    ticket: str | None = field(default=None, repr=False)
    production: str | None = None
    allow_start: tuple[str, ...] = ()
    timeout: float = 30.0
    live: str | None = None
    attempts: int = 3
    backoff: float = 0.5
    keep_journal: bool = True
    agents: frozenset[str] | None = None
    host: str = field(init=False)
    version: str = field(init=False)

    def __post_init__(self) -> None:
        match = _URL.fullmatch(self.url)
        if match is None or int(match["port"] or 0) > 65535:
            raise ContractsError("the tenant's URL has to be like https://HOST/TENANT/Remote/Services85")
        scheme, host = match["scheme"].lower(), match["host"].lower().rstrip(".")
        version, port = f"S{match['version'][1:].lower()}", f":{match['port']}" if match["port"] else ""
        object.__setattr__(self, "host", host.strip("[]"))
        object.__setattr__(self, "version", version)
        object.__setattr__(self, "url", f"{scheme}://{host}{port}{match['path']}/{version}")
        check_host(scheme, self.host, self.production)
        if bool(self.user) != bool(self.password):
            raise ContractsError(f"a user and a password go together: {PREFIX}USER, {PREFIX}PASSWORD")
        if not (self.ticket or self.user):
            raise ContractsError(f"no credentials: set {PREFIX}USER and {PREFIX}PASSWORD, or {PREFIX}TICKET")
        if not self.application_token and self.host.endswith(VENDOR):
            raise ContractsError(f"{self.host} wants an application token: set {PREFIX}APPLICATION_TOKEN")

    @property
    def onsite(self) -> bool:
        """Whether no application token is wanted."""
        return not self.application_token

    @property
    def tenant(self) -> str:
        """What the tenant is called, however its URL is spelled: for its lock and its journal.

        Looks up the addresses of its host, where that is not the vendor's.
        """
        parts = urlsplit(self.url)
        where = normpath(parts.path.lower().removesuffix(f"/{self.version.lower()}")).removesuffix("/remote")
        if self.host.endswith(VENDOR):
            return VENDOR + where
        port = parts.port or {"https": 443, "http": 80}[parts.scheme]
        return f"{_place_host(self.host)}:{port}{where}"

    @property
    def kind(self) -> str:
        """What kind of tenant it is: loopback, sandbox, production (which names no customer)."""
        return "loopback" if is_loopback(self.host) else "production" if self.production else "sandbox"

    def secrets(self) -> tuple[tuple[str, str], ...]:
        """(kind, value) of what must be in no file, as `recording.redaction.Redactor` wants them."""
        pairs = {"token": self.application_token, "user": self.user, "password": self.password, "ticket": self.ticket}
        return tuple((kind, value) for kind, value in (pairs | {"host": self.host}).items() if value)

    @classmethod
    def read(
        cls,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
        *,
        url: str | None = None,
        production: str | None = None,
        allow_start: Iterable[str] = (),
        **options: Any,
    ) -> TenantSettings:
        """From SERVICES85_URL, or _HOST and _TENANT; _APPLICATION_TOKEN; _USER and _PASSWORD, or _TICKET; _LIVE.

        What is not in the environment comes from ``[tool.services85]`` of the folder's pyproject.toml (keys in lower
        case, ``application_token``). ``url``, if given, replaces the address of both. ``options`` are other fields.
        """
        environ = os.environ if environ is None else environ
        given = {name: value for name in TENANT_KEYS if (value := environ.get(PREFIX + name.upper(), "").strip())}
        table = _tenant_texts(read_settings(folder))
        if url or "url" in given or "host" in given:  # no half of an address from here, and half from there
            table = {name: value for name, value in table.items() if name not in ("url", "host")}
        merged = table | given
        options |= {name: merged.get(name) for name in ("application_token", "user", "password", "ticket", "live")}
        return cls(url or _tenant_url(merged), production=production, allow_start=tuple(allow_start), **options)


def _place_host(host: str) -> str:
    """One name for all names of a host: ``loopback``, its address in a private network, else the name that is given, as
    many hosts may share a public address, and one have several in turn."""
    try:
        found = {ip_address(row[4][0]) for row in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):  # there is no such host
        found = set()
    if is_loopback(host) or any(address.is_loopback for address in found):
        return "loopback"
    private = sorted((address.version, str(address)) for address in found if address.is_private)
    return private[0][1] if private else host


def named_live_file() -> str | None:
    """The file that a person named of what may be called: SERVICES85_LIVE, or ``live`` of pyproject.toml."""
    return os.environ.get(f"{PREFIX}LIVE", "").strip() or _tenant_texts(read_settings()).get("live")


def _tenant_texts(table: Mapping[str, Any]) -> dict[str, str]:
    return {name: table[name] for name in TENANT_KEYS if name in table}


def _tenant_url(given: Mapping[str, str]) -> str:
    url, host, tenant = (given.get(name) for name in ("url", "host", "tenant"))
    if url and host:
        raise ContractsError(f"either {PREFIX}URL, or {PREFIX}HOST and {PREFIX}TENANT, not both")
    if url:
        return url
    if not (host and tenant):
        raise ContractsError(f"no tenant: set {PREFIX}URL, or {PREFIX}HOST and {PREFIX}TENANT")
    if not _HOST.fullmatch(host) or not _TENANT.fullmatch(tenant):
        raise ContractsError(f"{PREFIX}HOST is a host's name, {PREFIX}TENANT the tenant's in the URL (CustNNNNN)")
    version = given.get("version") or "Services85"
    if not re.fullmatch(r"Services\d+", version, re.IGNORECASE):
        raise ContractsError(f"{PREFIX}VERSION is like Services85, not {version}")
    return f"https://{host}/{tenant}/Remote/{version}"
