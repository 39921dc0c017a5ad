"""Which names stand for secrets, and which forms secrets have: one list for findings, recordings and reports."""

from __future__ import annotations

import re
from functools import lru_cache

# Name of an element, attribute, header, parameter or key, in lower case and without - _ and . -> the kind of secret.
_NAMES = {
    "ticket": "ticket",
    "pass": "password",
    "user": "user",
    "login": "user",
    "associate": "user",
    "fullname": "user",
    "emailaddress": "user",
    "searchname": "user",
    "displayname": "user",
    "companyname": "customer",
    "serialnr": "customer",
    "databasename": "customer",
    "databaseserialnumber": "customer",
    "databasecontextidentifier": "customer",
    "uctx": "customer",
    "authorization": "authorization",
    "proxyauthorization": "authorization",
    "wwwauthenticate": "authorization",
    "proxyauthenticate": "authorization",
    "remoteuser": "user",
    "forwardeduser": "user",
    "xforwardeduser": "user",
    "cookie": "cookie",
    "setcookie": "cookie",
    "publickeytoken": None,  # part of the name of every .NET type
    "authenticateusernamepassword": None,  # an operation
}
# How such a name may end, whatever stands before.
_ENDINGS = {
    "password": "password",
    "passwd": "password",
    "pwd": "password",
    "secret": "password",
    "apikey": "token",
    "token": "token",
    "ticket": "ticket",
    "username": "user",
    "sessionid": "cookie",
    "subscriptionkey": "token",
    "functionskey": "token",
    "accesskey": "token",
    "accountkey": "token",
    "privatekey": "token",
    "sharedkey": "token",
    "signature": "token",
    "clientcert": "token",
    "passphrase": "password",
    "assertion": "token",
    "samlresponse": "token",
    "principal": "user",
    "principalname": "user",
    "principalid": "user",
}
_HOLDERS = ("credentials", "authenticationdata", "value", "header")
"""Elements in which a secret stands without a name of its own."""
_SHORT = 200
"""Characters of a text whose masked form is remembered."""

SECRET_FORM = re.compile(
    r"(?P<access>(?i:8A:Cust)\d+\.[^\s\"'<>&;,?#%]+)"
    r"|(?P<ticket>(?i:7T):[A-Za-z0-9+/_-]{4,}={0,2})"
    # A JWT, signed or encrypted: parts of base64, of which the first is that of `{"…`, perhaps with space in it.
    r"|(?<![\w-])(?P<token>(?:eyJ|eyA|ewo|ew0K)[\w-]{8,}+(?:\.[\w-]*+){2,4}+)"
)
"""What a secret looks like, wherever it stands; the group that matched is its kind. Takes time linear in the text."""
_AUTHORIZED = re.compile(r"\b(?:bearer|basic)\s++\S++", re.IGNORECASE)
_QUOTED = re.compile(r"(?<![\w.-])(?P<name>[\w.-]++)(?P<to>[\"']?\s*+[=:]\s*+)(?:\"[^\"]*+\"|'[^']*+')")
_USERINFO = re.compile(r"(?<=://)[^\s/?#@\"'<>]++@")
_PARAMETER = re.compile(r"(?<=[?&])(?P<name>[\w.-]++)(?P<to>=)[^\s\"'&;,<>]++")


@lru_cache(maxsize=1024)
def secret_kind(name: str) -> str | None:
    """The kind of secret that something of this name holds (``Ticket``, ``X-App-Token``, ``user_name``), if any."""
    key = re.sub(r"[-_.]", "", name.rpartition(":")[2].lower())
    if key in _NAMES:
        return _NAMES[key]
    return next((kind for ending, kind in _ENDINGS.items() if key.endswith(ending)), None)


def is_secret_name(name: str) -> bool:
    """Whether a text under this name is not to be shown: it is a secret, or it stands where secrets are put by mistake
    (directly in ``Header`` or ``Credentials``, or in an operation that begins with Authenticate)."""
    low = name.lower()
    return low in _HOLDERS or low.startswith("authenticate") or secret_kind(name) is not None


def mask_secrets(text: str) -> str:
    """The text without what looks like a ticket, a token or credentials, or is given to a secret's name."""
    return _mask_short(text) if len(text) <= _SHORT else _mask_text(text)


def _mask_text(text: str) -> str:
    text = _USERINFO.sub("(secret)@", _AUTHORIZED.sub("(secret)", SECRET_FORM.sub("(secret)", text)))
    return _PARAMETER.sub(_mask_assigned, _QUOTED.sub(_mask_assigned, text))


_mask_short = lru_cache(maxsize=1024)(_mask_text)
"""Remembered: the findings of a run quote the same few texts again and again."""


def _mask_assigned(found: re.Match[str]) -> str:
    return f"{found['name']}{found['to']}(secret)" if secret_kind(found["name"]) else found[0]
