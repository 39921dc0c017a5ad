"""One call of a tenant and its answer: what it says, whether it was refused, and by what."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..messages import tree as envelope
from ..model import Message
from ..model.secrets import mask_secrets
from ..model.wording import escape_line

_REFUSED_CREDENTIALS = ("authenticat", "ticket", "credential", "session", "notloggedin")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
SUCCEEDED, CREDENTIALS_REFUSED = "succeeded", "credentials-refused"
NOT_THERE = ("ActionNotSupported", "DeserializationFailed")
"""Faultcodes that say that the tenant has not the operation, or not the parameters, that its contract declares."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call: the request as it was sent, and the response. Their bytes hold secrets, and are in no repr."""

    label: str
    request: Message = field(repr=False)
    response: Message = field(repr=False)

    def texts(self, name: str) -> list[str]:
        """The texts of the response's elements of that local name; none where it is no XML."""
        root = envelope.parse(self.response.data).root
        return [] if root is None else [(node.text or "").strip() for node in root.iter(f"{{*}}{name}")]

    def text(self, name: str) -> str | None:
        """That of the first of them; None where there is none."""
        return next(iter(self.texts(name)), None)

    def flag(self, name: str) -> bool | None:
        """The same of an xs:boolean, in either of its forms; None where it is none."""
        return _BOOLEANS.get(self.text(name) or "")

    @property
    def succeeded(self) -> bool | None:
        """What the header Succeeded says; None where there is none that could be read."""
        return self.flag("Succeeded")

    @property
    def outcome(self) -> str:
        """`SUCCEEDED`, or what refused the call: `CREDENTIALS_REFUSED` (the tenant does not know the ticket any more,
        or the application token), the ExceptionType of another Succeeded=false, a Fault's faultcode, ``HTTP 415``."""
        if (code := self.text("faultcode")) is not None:
            return code.rpartition(":")[2]
        if self.succeeded is False:
            said = f"{self.text('ExceptionType')} {self.text('Message')}".lower()
            refused = any(word in said for word in _REFUSED_CREDENTIALS)
            return CREDENTIALS_REFUSED if refused else self.text("ExceptionType") or "Succeeded=false"
        status = self.response.http.status if self.response.http else None
        return SUCCEEDED if status == 200 else f"HTTP {status}"

    @property
    def refusal(self) -> str:
        """What the answer says of why it refuses, in a line without secrets; empty where it says nothing."""
        code = self.text("faultcode") or self.text("ExceptionType")
        said = self.text("faultstring") or self.text("Message")
        line = " ".join(": ".join(filter(None, (code or self.outcome, said))).split())
        return escape_line(mask_secrets(line[:300]))
