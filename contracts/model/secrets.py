"""Which names stand for secrets, and which forms secrets have: one list for findings, recordings and reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from urllib.parse import unquote_plus

# Name of an element, attribute, header, parameter or key, in lower case and without - _ and . -> the kind of secret.
_NAMES = {
    "ticket": "ticket",
    "pass": "password",
    "pin": "password",
    "pw": "password",
    "otp": "password",
    "hmac": "token",
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
    "passwort": "password",
    "passord": "password",
    "kennwort": "password",
    "passwordhash": "password",
    "passworddigest": "password",
    "passcode": "password",
    "pwd": "password",
    "secret": "password",
    "apikey": "token",
    "token": "token",
    "ticket": "ticket",
    "username": "user",
    "sessionid": "cookie",
    "sessid": "cookie",
    "aspxauth": "cookie",
    "jwt": "token",
    "nonce": "token",
    "subscriptionkey": "token",
    "functionskey": "token",
    "accesskey": "token",
    "accountkey": "token",
    "privatekey": "token",
    "sharedkey": "token",
    "secretkey": "token",
    "applicationkey": "token",
    "appkey": "token",
    "authkey": "token",
    "consumerkey": "token",
    "encryptionkey": "token",
    "masterkey": "token",
    "signingkey": "token",
    "signature": "token",
    "signaturevalue": "token",
    "ciphervalue": "token",
    "clientcert": "token",
    "clientcertificate": "token",
    "passphrase": "password",
    "assertion": "token",
    "samlresponse": "token",
    "principal": "user",
    "principalname": "user",
    "principalid": "user",
}
_ALL_ENDINGS = tuple(_ENDINGS)
_NO_SEPARATORS = str.maketrans("", "", "-_.")
_IN_QUERIES = ("auth", "code", "hash", "key", "relaystate", "samlrequest", "session", "sid", "sig", "state")
"""Signatures, and codes of a login, in the query of a URL; elsewhere these names mean something else."""
_HOLDERS = ("credentials", "authenticationdata", "value", "header")
"""Elements in which a secret stands without a name of its own."""
_SHORT = 200
"""Characters of a text whose masked form is remembered."""

SECRET_FORM = re.compile(
    r"(?P<access>(?i:8A:Cust)\d+\.[^\s\"'<>&;,?#%]+)"
    r"|(?P<ticket>(?i:7T):[A-Za-z0-9+/_-]{4,}={0,2})"
    # A JWT, signed or encrypted: parts of base64, of which the first is that of `{"…`, perhaps with space in it.
    r"|(?<![\w-])(?P<token>e(?:yJ|yA|wo|w0K)[\w-]{8,}+(?:\.[\w-]*+){2,4}+"
    # Keys as GitHub, GitLab, Slack, Stripe, AWS and Google write them, and private ones.
    r"|gh[oprsu]_\w{30,}+|github_pat_\w{22,}+|glpat-[\w-]{20,}+|xox[a-z]-[\w-]{10,}+|sk_(?:live|test)_\w{16,}+|rk_(?:live|test)_\w{16,}+"
    r"|A[KS]IA[0-9A-Z]{16}|AIza[\w-]{35}|-----BEGIN (?:[A-Z]{1,9} )?PRIVATE KEY-----[^-]*+)"
)
"""What a secret looks like, wherever it stands; the group that matched is its kind. Takes time linear in the text."""
_FORM_WORDS = (
    "7t:", "8a:cust", "eyj", "eya", "ewo", "ew0k", "akia", "asia", "aiza", "-----begin ",
    "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-", "xox", "sk_", "rk_",
)  # fmt: skip
"""Words of which one is there (in small letters) where a SECRET_FORM is."""
_SHORTEST_KEY = 20
"""Characters of the shortest SECRET_FORM of letters and digits alone; all else that is looked for has a mark in it."""
_CURL_USER = r"(?<![\w-])(?:-u|--(?:proxy-)?user)[ =]?+[\"']?"
_CREDENTIALS = r"(?i:credentials?|basicauth(?:entication)?)\s*+\(\s*+[\"']"
"""What a call begins with that is given a user and a password, in C#, Java or Python."""
_IN_TEXTS = (  # the kind, words of which one is there (in small letters), what stands before the value, the value
    (
        "authorization",  # a header field, with its scheme
        ("auth",),
        r"(?<![\w-])(?i:(?:proxy-)?authorization|(?:www|proxy)-authenticate)[\"']?\s*+(?:=>|[:=])\s*+[\"']?"
        r"(?:[A-Za-z][\w-]*+ ++)?(?P<value>[^\r\n\"'<>]++)",
    ),
    (
        "cookie",
        ("cookie",),
        r"(?<![\w-])(?i:(?:set-)?cookie)[\"']?\s*+(?:=>|[:=])\s*+[\"']?(?P<value>[^\r\n\"'<>]++)",
    ),
    ("authorization", ("bearer",), r"\b(?i:bearer)\s++(?P<value>[^\s\"'<>&;,]++)"),
    (
        "authorization",  # such a word may be one of a sentence: what follows it then has small letters only
        ("basic", "negotiate", "ntlm", "apikey", "sharedkey"),
        r"\b(?i:basic|negotiate|ntlm|apikey|sharedkey)\s++(?=\w[a-z]*+[A-Z0-9+/=])(?P<value>[^\s\"'<>&;,]{6,}+)",
    ),
    ("authorization", ("digest",), r"\b(?i:digest)\s++(?P<value>\w++=[^\r\n<>]++)"),
    ("user", ("@",), r"://(?P<value>[^\s/?#@:\"'<>]++)(?=(?::[^\s/?#@\"'<>]*+)?@)"),
    ("password", ("@",), r"://[^\s/?#@:\"'<>]++:(?P<value>[^\s/?#@\"'<>]++)(?=@)"),
    ("user", ("curl",), rf"{_CURL_USER}(?P<value>[^\s:\"'<>]++)(?=:[^\s\"'<>])"),
    ("password", ("curl",), rf"{_CURL_USER}[^\s:\"'<>]++:(?P<value>[^\s\"'<>]++)"),
    ("user", ("credential", "basicauth"), rf"{_CREDENTIALS}(?P<value>[^\"'<>]++)(?=[\"']\s*+,)"),
    ("password", ("credential", "basicauth"), rf"{_CREDENTIALS}[^\"'<>]++[\"']\s*+,\s*+[\"'](?P<value>[^\"'<>]++)"),
    ("token", ("?", "&", "#"), rf"[?&#](?i:{'|'.join(_IN_QUERIES)})=(?P<value>[^\s\"'&;,<>#]++)"),
)
_PATTERNS = [(kind, words, re.compile(pattern)) for kind, words, pattern in _IN_TEXTS]
_CALLED = re.compile(r"\(\s*+[\"'](?P<name>[\w.-]++)[\"']\s*+,\s*+[\"'](?P<value>[^\"'<>]++)")
"""A name and what is given to it, in a call such as ``setProperty("password", "…")``."""
_NAME = re.compile(r"(?<![\w.-])(?P<name>[\w.-]++)(?:\\*+[\"'])?\s*+(?P<to>=>|:=|[:=])\s*+")
_VALUE = re.compile(
    r"\"(?P<double>(?:[^\"\\]|\\.)*+)\"|'(?P<single>[^']*+)'|\\++\"(?P<inner>[^\"\\]*+)|(?P<bare>[^\s\"'&;,<>{}\[\]]++)"
)
"""What may follow a `_NAME`."""


@lru_cache(maxsize=1024)
def secret_kind(name: str) -> str | None:
    """The kind of secret that something of this name holds (``Ticket``, ``X-App-Token``, ``user_name``), if any."""
    key = name.rpartition(":")[2].lower().translate(_NO_SEPARATORS)
    if key in _NAMES or not key.endswith(_ALL_ENDINGS):
        return _NAMES.get(key)
    return next(kind for ending, kind in _ENDINGS.items() if key.endswith(ending))


def is_secret_name(name: str) -> bool:
    """Whether a text under this name is not to be shown: it is a secret, or it stands where secrets are put by mistake
    (directly in ``Header`` or ``Credentials``, or in an operation that begins with Authenticate)."""
    low = name.lower()
    return low in _HOLDERS or low.startswith("authenticate") or secret_kind(name) is not None


def parameter_kind(name: str) -> str | None:
    """`secret_kind` of a parameter in the query of a URL."""
    return "token" if name.lower() in _IN_QUERIES else secret_kind(name)


def replace_secrets(text: str, replace: Callable[[str, str], str], *, has_prose: bool = False) -> str:
    """The text; in the place of whatever looks like a secret, or is given to a secret's name, what ``replace`` makes of
    its kind and value. ``has_prose``: a word after a colon may be one of a sentence. Takes time linear in the text."""
    if len(text) < _SHORTEST_KEY and text.isalnum():
        return text
    low = text.lower()
    if _holds_any(low, _FORM_WORDS):  # to look for a word is ten times as fast as for a pattern
        text = SECRET_FORM.sub(lambda found: replace(found.lastgroup or "token", found[0]), text)
    for kind, words, pattern in _PATTERNS:
        if _holds_any(low, words):
            text = pattern.sub(partial(_replace_value, replace, kind), text)
    if "(" in text:
        text = _CALLED.sub(partial(_replace_called, replace), text)
    if "=" not in text and ":" not in text:
        return text
    parts, at = [], 0
    for kind, value in _find_assigned(text, has_prose):
        parts += [text[at : value.start()], _replace_value(replace, kind, value)]
        at = value.end()
    return "".join((*parts, text[at:]))


def _holds_any(low: str, words: tuple[str, ...]) -> bool:
    return any(map(low.__contains__, words))  # a generator takes thrice as long for a short text


def _find_assigned(text: str, has_prose: bool) -> Iterator[tuple[str, re.Match[str]]]:
    """What is given to names that are secret, such as ``password=…``, ``"apiKey": "…"``, and its kind."""
    at = 0
    while named := _NAME.search(text, at):
        at = named.end()
        kind = secret_kind(named["name"])
        if not kind or kind == "authorization":  # that is a field, with its scheme
            continue
        if (value := _VALUE.match(text, at)) and not (has_prose and named["to"] == ":" and _is_word(value["bare"])):
            yield kind, value
            at = value.end()


def _is_word(text: str | None) -> bool:
    return text is not None and text.isalpha() and text.islower()


def _replace_called(replace: Callable[[str, str], str], found: re.Match[str]) -> str:
    kind = secret_kind(found["name"])
    return _replace_value(replace, kind, found) if kind else found[0]


def _replace_value(replace: Callable[[str, str], str], kind: str, found: re.Match[str]) -> str:
    group = found.lastgroup or "value"
    value = unquote_plus(found[group]) if group == "bare" else found[group]
    start, end = found.start(group) - found.start(), found.end(group) - found.start()
    return found[0][:start] + replace(kind, value) + found[0][end:]


def mask_secrets(text: str) -> str:
    """The text without what looks like a ticket, a token or credentials, or is given to a secret's name."""
    return _mask_short(text) if len(text) <= _SHORT else _mask_text(text)


def _mask_text(text: str) -> str:
    return replace_secrets(text, lambda kind, value: "(secret)", has_prose=True)


_mask_short = lru_cache(maxsize=1024)(_mask_text)
"""Remembered: the findings of a run quote the same few texts again and again."""
