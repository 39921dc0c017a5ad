"""Which values are secret, and the placeholders that stand for them.

A secret is found by its place (an element, a header, a query parameter with a telling name) or by its form (``7T:…``,
``8A:CustNNNNN.…``, ``CustNNNNN``, a host). From then on it is replaced wherever it occurs, plain, URL- or base64-
encoded.
A placeholder is of the secret's kind, so that what holds it still fits the contract, and the same for the same secret.
"""

from __future__ import annotations

import base64
import binascii
import re
from bisect import insort
from collections.abc import Iterator
from itertools import islice
from time import thread_time
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from ..files.limits import heed_time
from ..model.secrets import replace_secrets

_PLACEHOLDERS = {"ticket": "7T:REDACTED{:02}", "access": "8A:Cust00000.REDACTED-ACCESS-{:02}"}
"""Of the kinds whose form a contract knows; any other kind's is ``REDACTED-KIND-01``."""
_SWEPT_FROM = {"authorization": 8, "cookie": 8, "customer": 8, "value": 6, "address": 6, "text": 12} | {
    "header": 1 << 30,
    "word": 1,  # somebody listed it
}
"""From how many characters on a secret is replaced wherever it occurs, where that is not 4: a shorter one may be a word
of its own there. What stands in a header that nobody knows may be no secret, but a path or a version: never."""

_SWEPT_TO = 50_000
"""What is longer is no secret that anything repeats, and takes a gigabyte to be looked for."""
_LONG_WORD = 8
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"\w")
_HEAD = 4
"""Characters by which what is known is looked for; thousands of whole secrets take a pattern minutes to compile."""
_WORTH_COMPILING = 20
"""Characters to be searched, for each beginning, from which on a pattern of them all is made quicker than it is spared:
where every message has new secrets, it would be made anew for each."""
_SHORTEST_HOST = 4
_LONG_TEXT = 50_000
"""Characters from which on a pattern of all known hosts is worth its making; a short text may well have new ones."""
_IS_PLACEHOLDER = re.compile(r"(?:7T:|8A:Cust0000\d\.)?REDACTED(?:-[A-Z]+-)?(\d{2,})=*")
_CUSTOMER = re.compile(r"(?<![A-Za-z])cust\d{3,}", re.IGNORECASE)
_VENDOR_HOST = re.compile(r"(?<![\w.-])(?:[a-z0-9-]+\.)+superoffice\.com(?::\d+)?(?![\w-])", re.IGNORECASE)
_ESCAPED = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|&(?:amp;)?#(?:\d{1,7}|x[0-9A-Fa-f]{1,6});|[\w.~+/:=@-])+")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|&(?:amp;)?#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}));")
_PERCENT = re.compile(r"(?:[\w.~!*()+/:@$,=-]|%[0-9A-Fa-f]{2})+")
_SHORTEST_BASE64 = 8
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_BASE64_LINES = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{60,}+(?:\s+[A-Za-z0-9+/]++)+={0,2}")
# values of the contract and words of every address: replaced in their place only, elsewhere they mean something else
_ORDINARY_WORDS = frozenset(("true", "false", "null", "none", "unknown", "aquired", "started", "succeeded", "failed"))
_ORDINARY_WORDS |= frozenset(("batch", "soprincipal", "remote", "soap", "http", "https"))
_NAMESPACE_HOSTS = ("www.superoffice.net", "schemas.xmlsoap.org", "schemas.microsoft.com", "www.w3.org", "tempuri.org")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+")
_TO_STANDARD, _TO_URL_SAFE = str.maketrans("-_", "+/"), str.maketrans("+/", "-_")
_PADDING = ("", "===", "==", "=")
_TOKENS_AT_ONCE = 32
_BETWEEN_VIEWS = ";\n"
"""Nothing that is looked for goes on behind it."""
_MAX_DEPTH = 3


class SecretStore:
    """The secrets met so far, and their placeholders. ``with_emails``: any e-mail address is one."""

    def __init__(self) -> None:
        self.with_emails = False
        self._placeholders: dict[str, tuple[str, str]] = {}  # secret -> (kind, placeholder)
        self._counts: dict[str, int] = {}
        self._customers: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        self._lengths: dict[str, list[int]] = {}  # first characters of what is replaced -> its lengths
        self._heads: re.Pattern[str] | None = None  # of these beginnings
        self._searched = 0  # characters, without such a pattern
        self._known_hosts: re.Pattern[str] | None = None  # of all of them, for long texts
        self._replacements: dict[str, str] = {}
        self._swept = 0, 0  # how many secrets and hosts are looked for
        self.started = thread_time()
        """Since when time is counted, by the clock `thread_time`."""

    def replace(self, kind: str, value: str) -> str:
        """The placeholder of a secret, which is known from now on; what is empty or a placeholder stays what it is."""
        bare = value.strip()
        if not bare:
            return value
        if bare.startswith("7T:"):
            kind = "ticket"
        elif bare.upper().startswith("8A:"):
            kind = "access"
        if placed := _IS_PLACEHOLDER.fullmatch(bare):
            self._counts[kind] = max(self._counts.get(kind, 0), int(placed[1]))
            return value
        if bare not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            placeholder = _PLACEHOLDERS.get(kind, f"REDACTED-{kind.upper()}-{{:02}}").format(self._counts[kind])
            if kind == "ticket":  # base64, as that of a real one
                placeholder += "=" * (-len(placeholder.removeprefix("7T:")) % 4)
            self._placeholders[bare] = kind, placeholder
        return value.replace(bare, self._placeholders[bare][1])

    def replace_customer(self, name: str) -> str:
        """``Cust12345`` -> ``Cust00000``."""
        key = name.lower()
        if re.fullmatch(r"cust0000\d", key):
            return name
        return self._customers.setdefault(key, f"Cust{len(self._customers):05}")

    def replace_host(self, name: str) -> str:
        """A host, perhaps with a port, -> ``tenant.example``, which has none."""
        bare = _without_port(name)
        if not bare or bare.endswith(".example") or bare in _NAMESPACE_HOSTS:
            return name
        if bare not in self._hosts:
            number = len(self._hosts) + 1
            self._hosts[bare] = "tenant.example" if number == 1 else f"tenant-{number}.example"
        return self._hosts[bare]

    def redact_text(self, value: str, depth: int = 0) -> str:
        """The text without any secret that is known or shows by its form.

        Raises TooLarge where that takes too long, counted from ``started``.
        """
        if depth < _MAX_DEPTH and "%" in value:
            value = _PERCENT.sub(lambda found: self._redact_quoted(found[0], depth), value)
        if depth < _MAX_DEPTH and ("\\u" in value or "#" in value):  # of JSON; of XML, in a comment or twice
            value = _ESCAPED.sub(lambda found: self._redact_escaped(found[0], depth), value)
        value = self._redact_plain(value)
        if len(value) < _SHORTEST_BASE64:
            return value
        value = _BASE64_LINES.sub(lambda found: self._redact_lines(found[0]), value)
        telling = self._list_telling(list(dict.fromkeys(_BASE64.findall(value))))
        return _BASE64.sub(lambda found: telling.get(found[0], found[0]), value) if telling else value

    def _list_telling(self, tokens: list[str]) -> dict[str, str]:
        """The tokens of base64 in which there is a secret, and what to write for them. Looked through many at once: one
        by one takes twenty times as long."""
        telling: dict[str, str] = {}
        for at in range(0, len(tokens), _TOKENS_AT_ONCE):
            some = tokens[at : at + _TOKENS_AT_ONCE]
            if self._shows_secret(_BETWEEN_VIEWS.join(view for token in some for _, _, view in _list_views(token))):
                telling |= {token: self._redact_base64(token) for token in some}
        return telling

    def _shows_secret(self, value: str) -> bool:
        """Whether `_redact_plain` would replace something in it."""
        met: list[str] = []

        def note_secret(kind: str, found: str) -> str:
            met.append(kind)
            return found

        heed_time(self.started)
        replace_secrets(value, note_secret)
        return bool(met) or self._redact_known(value) != value

    def _redact_plain(self, value: str) -> str:
        heed_time(self.started)
        return self._redact_known(replace_secrets(value, self.replace))

    def _redact_known(self, value: str) -> str:
        if self._lengths:
            value = self._replace_known(value)
        low = value.lower()  # a pattern is slow where what it begins with is nowhere in a text of megabytes
        if "superoffice.com" in low:
            value = _VENDOR_HOST.sub(lambda found: self.replace_host(found[0]), value)
        if hosts := self._find_hosts(low):
            value = hosts.sub(self._replace_known_host, value)
        if "cust" in low:
            value = _CUSTOMER.sub(lambda found: self.replace_customer(found[0]), value)
        return _EMAIL.sub(lambda found: self.replace("email", found[0]), value) if self.with_emails else value

    def _replace_known(self, value: str) -> str:
        if self._heads is None:
            self._searched += len(value)
            if self._searched > _WORTH_COMPILING * len(self._lengths):
                self._heads = re.compile(_join_alternatives(list(self._lengths)))
        parts: list[str] = []
        done = at = 0
        while (at := self._find_head(value, at)) >= 0:
            heed_time(self.started)
            if form := self._find_form(value, at):
                parts += value[done:at], self._replacements[form]
                done = at = at + len(form)
            else:
                at += 1
        return "".join((*parts, value[done:])) if parts else value

    def _find_head(self, value: str, at: int) -> int:
        """Where something begins, from there on, as a known secret does; -1: nowhere."""
        if self._heads:
            return found.start() if (found := self._heads.search(value, at)) else -1
        places, sizes, heads = range(at, len(value)), range(1, _HEAD + 1), self._lengths
        return next((place for place in places if any(value[place : place + size] in heads for size in sizes)), -1)

    def _find_form(self, value: str, at: int) -> str | None:
        """The longest known secret that stands there."""
        for size in range(_HEAD, 0, -1):
            for length in reversed(self._lengths.get(value[at : at + size], ())):
                form = value[at : at + length]
                if form in self._replacements and _stands_alone(form, value, at):
                    return form
        return None

    def _find_hosts(self, low: str) -> re.Pattern[str] | None:
        """What finds the known hosts that may be in a text of small letters."""
        hosts = islice(self._hosts, self._swept[1])
        if len(low) < _LONG_TEXT:
            some = [host for host in hosts if host in low]
            return _compile_hosts(some) if some else None
        if self._known_hosts is None and self._swept[1]:
            self._known_hosts = _compile_hosts(list(hosts))
        return self._known_hosts

    def _replace_known_host(self, found: re.Match[str]) -> str:
        """A host of few characters may be a word of its own, or come out of anything: only where a URL has it."""
        bare = _without_port(found[0])
        if len(bare) < _SHORTEST_HOST and not found.string.endswith(("//", "@"), 0, found.start()):
            return found[0]
        return self._hosts.get(bare, found[0])

    def _redact_quoted(self, token: str, depth: int) -> str:
        if "%" not in token:
            return token
        plain = unquote(token, errors="surrogateescape")
        redacted = self.redact_text(plain, depth + 1)
        return token if redacted == plain else quote(redacted, safe="/:@$,=+", errors="surrogateescape")

    def _redact_escaped(self, token: str, depth: int) -> str:
        plain = _ESCAPE.sub(_unescape_character, token)
        redacted = plain if plain == token else self.redact_text(plain, depth + 1)
        return token if redacted == plain else redacted.replace("--", "-&#45;")

    def _redact_lines(self, lines: str) -> str:
        joined = "".join(lines.split())
        redacted = self._redact_base64(joined)
        return lines if redacted == joined else redacted

    def _redact_base64(self, token: str) -> str:
        """The token, or, if there is base64 of a secret in it, from whichever character on, with the placeholder's."""
        bare, url_safe = token.rstrip("="), "-" in token or "_" in token
        for start, end, view in _list_views(token):
            redacted = self._redact_plain(view)
            if redacted != view:
                packed = base64.b64encode(redacted.encode("latin-1")).decode()
                packed = packed.translate(_TO_URL_SAFE) if url_safe else packed
                padded = token != bare or (end - start) % 4 == 0
                return token[:start] + (packed if padded else packed.rstrip("=")) + bare[end:]
        return token

    def sweep_all(self) -> bool:
        """From now on every secret met so far is replaced wherever it occurs; whether there is a new one among them.

        Not as soon as it is met: to search for thousands takes a while to prepare.
        """
        known = len(self._placeholders), len(self._hosts)
        if self._swept == known:
            return False
        heads = len(self._lengths)
        for secret, (kind, placeholder) in islice(self._placeholders.items(), self._swept[0], None):
            has_a_length = _SWEPT_FROM.get(kind, 4) <= len(secret) <= _SWEPT_TO
            if has_a_length and secret.lower() not in _ORDINARY_WORDS:
                for form, stand_in in _list_forms(secret, placeholder):
                    self._replacements.setdefault(form, stand_in)
                    lengths = self._lengths.setdefault(form[:_HEAD], [])
                    if len(form) not in lengths:
                        insort(lengths, len(form))
        if len(self._lengths) > heads:
            self._heads, self._searched = None, 0
        if len(self._hosts) > self._swept[1]:
            self._known_hosts = None
        self._swept = known
        return True


def _compile_hosts(names: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){_join_alternatives(names)}(?!\.?[\w-])(?::\d++(?![\w-]))?", re.IGNORECASE)


def _join_alternatives(forms: list[str], depth: int = 3) -> str:
    """A pattern for any of the forms, the longest first. Branching by their first characters, it finds one of thousands
    as quickly as one of ten."""
    if depth == 0 or len(forms) < 8:
        return f"(?:{'|'.join(map(re.escape, sorted(forms, key=len, reverse=True)))})"
    by_first: dict[str, list[str]] = {}
    for form in forms:
        by_first.setdefault(form[0], []).append(form[1:])
    return (
        f"(?:{'|'.join(re.escape(first) + _join_alternatives(rests, depth - 1) for first, rests in by_first.items())})"
    )


def _list_views(token: str) -> Iterator[tuple[int, int, str]]:
    """What base64 holds from each of its first characters on: (start, end, bytes as Latin-1)."""
    bare = token.rstrip("=").translate(_TO_STANDARD)
    for start in range(min(4, len(bare) - _SHORTEST_BASE64 + 1)):
        end = len(bare) - ((len(bare) - start) % 4 == 1)  # one character more than whole bytes is none of base64's
        yield start, end, binascii.a2b_base64(bare[start:end] + _PADDING[(end - start) % 4]).decode("latin-1")


def _stands_alone(form: str, value: str, at: int) -> bool:
    """Whether a number is no part of a longer one, and a short word none of a longer word."""
    if not form.isdigit() and len(form) >= _LONG_WORD:
        return True
    part = _DIGIT if form.isdigit() else _LETTER
    return not (at and part.match(value, at - 1)) and not part.match(value, at + len(form))


def _without_port(host: str) -> str:
    return re.sub(r":\d+$", "", host).lower()


def _unescape_character(escape: re.Match[str]) -> str:
    number = int(escape[1] or escape[2] or "0", 16) or int(escape[3] or 0)
    plain = chr(number) if number < 0x110000 else ""
    return plain if plain.isalnum() or plain in set("+/=:._@- ") else escape[0]  # no markup, and no end of a comment


def _list_forms(secret: str, placeholder: str) -> Iterator[tuple[str, str]]:
    """The ways to write a secret in a text, each with what replaces it there."""
    pairs = [(secret, "0" * len(secret) if secret.isdigit() else placeholder)]  # a number stays one, wherever it stands
    for prefix in ("7T:", "8A:"):  # some write it without what it begins with
        core = secret.removeprefix(prefix).rpartition(".")[2]
        if secret.startswith(prefix) and len(core) >= 8:
            pairs.append((core, placeholder.removeprefix(prefix).rpartition(".")[2]))
    for plain, stand_in in pairs:
        yield plain, stand_in
        yield escape(plain, {'"': "&quot;"}), stand_in
        yield plain.replace("/", "\\/"), stand_in
        for encoding in ("utf-8", "utf-16-le"):  # as bytes that were taken for Latin-1, such as those out of base64
            yield plain.encode(encoding, "replace").decode("latin-1"), stand_in.encode(encoding).decode("latin-1")
