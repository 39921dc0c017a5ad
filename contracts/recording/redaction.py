"""Takes the secrets out of an exchange before anything of it is written: URL, header fields, bodies, on both sides.

Bodies are worked on as text with tags in it, not as a parsed document. So all else stays as it was recorded, byte by
byte, a message that is no well-formed XML loses its secrets just as well, and namespaces and prefixes do not matter.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from time import thread_time
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from ..files.limits import TooLarge, Unreadable, current_limits
from ..messages.coding import is_text, list_codings, unpack_body
from ..model import ContractsError
from ..model.secrets import mask_secrets, parameter_kind, secret_kind
from .secrets import SecretStore

Secrets = Collection[tuple[str, str]]
"""(kind, value) pairs, as `Redactor` takes them."""
Fields = Mapping[str, Any]
"""Header fields as vcrpy has them: a name to a value, or to a list of values."""

Token = re.Match[str]
"""A piece of markup; which it is, says the group that matched, if any. Every character is part of one."""

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"  # left open, it goes on to the end
    r"|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|<\?.*?(?:\?>|\Z)"
    r"|</(?P<end>[^\s<>]++)[^<>]*>"
    r"|<(?P<start>[^\s<>/!?]++)(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>"
    r"|(?P<text>[^<]+)"
    r"|<",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"(?<![^\s=\"'/])([^\s=\"'/]++)(\s*=\s*)(?:\"([^\"]*)\"|'([^']*)')")
_TELLING_KEY = re.compile(r"(?<!\S)(?i:key|name)\s*+=\s*+[\"']([^\"']*)")
_DECLARED = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z][\w.-]*)[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.-]+)", re.IGNORECASE)
_NAMESPACES = ("http://schemas.", "http://www.w3.org/", "http://www.superoffice.net/ws/")
_WIDE_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x00", "utf-16-be"),  # an ASCII character without a mark before it
)
_URL_HEADERS = {"location", "content-location", "referer", "origin"}
_ADDRESS_HEADERS = re.compile(r"(?:.*-)?(?:ip|host|server|server-name|via|forwarded|forwarded-for)")
_HARMLESS_HEADERS = frozenset(
    [
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "age",
        "allow",
        "cache-control",
        "connection",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-range",
        "content-type",
        "date",
        "etag",
        "expect",
        "expires",
        "if-modified-since",
        "keep-alive",
        "last-modified",
        "max-forwards",
        "mime-version",
        "pragma",
        "range",
        "retry-after",
        "server",
        "soapaction",
        "strict-transport-security",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "vary",
        "warning",
        "x-aspnet-version",
        "x-content-type-options",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-frame-options",
        "x-powered-by",
        "x-xss-protection",
    ]
)
"""What no secret stands in, unless it shows by its form. Of any other header nobody knows what it holds."""
_DOMAIN = re.compile(r"(?<=domain=)[^;\s]+", re.IGNORECASE)
_NEXT_COOKIE = re.compile(r", *(?=[^\s;,=]+=)")  # in fields that were joined; a date's comma has no name after it
_ERRORS = {"exceptioninfo", "innerexception", "exceptiondetail"}
_ERROR_TEXTS = {"message", "stacktrace", "friendlytext", "source", "helplink"}
_EVEN_BROKEN = {"ticket", "access", "token", "password", "value"}
"""Kinds whose elements hold nothing that is no secret: broken markup in them is part of it."""
_MAX_DEPTH = 4
_MOST_HELD = 16 << 20
"""Characters of texts of which it is held what they become: one is redacted to learn of it, and again to write."""


class CannotRedact(ContractsError):
    """Something that cannot be looked into for secrets; it is not to be written."""


EVERY_EMAIL = ("email", "*")
"""Of the secrets that a `Redactor` is given: whatever is an e-mail address."""


class Redactor:
    """Redacts the exchanges of one recording, with the same placeholder for the same secret throughout.

    ``secrets`` are (kind, value) pairs that are known beforehand: ``token``, ``ticket``, ``user``, ``password``,
    ``host``; ``word``, replaced however short it is; EVERY_EMAIL. A value too short to be told from other text (fewer
    than 4 characters, of some kinds fewer than 6 to 12) is replaced in its place only, not wherever it occurs.
    Redacting what is redacted already changes nothing.
    """

    def __init__(self, secrets: Iterable[tuple[str, str]] = ()) -> None:
        self._secrets = SecretStore()
        self._redacted: set[int] = set()  # hashes of texts in which nothing is to be found that is known by now
        self._becomes: dict[str, str] = {}  # of some other texts, what they become with what is known by now
        self._held = 0  # characters of those
        self._is_timed = False  # by `time_message`
        for kind, value in secrets:
            if (kind, value) == EVERY_EMAIL:
                self._secrets.with_emails = True
            elif kind == "host":
                self._secrets.replace_host(value)
            else:
                self._secrets.replace(kind, value)

    @contextmanager
    def time_message(self, spent: float = 0) -> Iterator[None]:
        """What is redacted within has the time of one message together, of which so many seconds are spent.

        Raises CannotRedact where it takes longer.
        """
        self._secrets.started, self._is_timed = thread_time() - spent, True
        try:
            yield
        except TooLarge as bad:
            raise CannotRedact(f"a body is not recorded, as it may hold secrets: {bad}") from None
        finally:
            self._is_timed = False

    # --- the parts of an exchange -----------------------------------------------------------------------------------

    def redact_uri(self, uri: str) -> str:
        """A URL or a path; user and password in front of a host are left out, its port too."""
        try:
            parts = urlsplit(uri)
        except ValueError:
            return self.redact_text(uri)
        self._sweep_all()
        userinfo, _, host = parts.netloc.rpartition("@")
        user, _, password = userinfo.partition(":")
        self._secrets.replace("user", unquote_plus(user))
        self._secrets.replace("password", unquote_plus(password))
        query = "&".join(self._redact_parameter(pair) for pair in parts.query.split("&"))
        path, fragment = self.redact_text(parts.path), self.redact_text(parts.fragment)
        return urlunsplit((parts.scheme, self._secrets.replace_host(host), path, query, fragment))

    def redact_headers(self, fields: Fields) -> dict[str, Any]:
        """The header fields, in their shape; values in bytes become text."""
        redacted = {name: [self._redact_field(name, one) for one in _list_values(fields[name])] for name in fields}
        return {name: many if isinstance(fields[name], list | tuple) else many[0] for name, many in redacted.items()}

    def redact_body(self, data: bytes, charset: str | None = None) -> bytes:
        """A body without content codings, in its own encoding."""
        text, encoding, errors, tail = _decode_body(data, charset)
        redacted = self.redact_text(text)
        return data if redacted == text else redacted.encode(encoding, errors) + tail

    def redact_packed(self, data: bytes, fields: Fields) -> tuple[bytes, dict[str, Any]]:
        """A body and its header fields: content codings are undone, and Content-Encoding and -Length say so.

        Raises CannotRedact where they cannot be undone.
        """
        given = {name.lower(): _list_values(value) for name, value in fields.items()}
        applied = list_codings(given.get("content-encoding", ()))
        plain = data
        if applied and not is_text(data):
            try:
                plain = unpack_body(data, applied, current_limits().bytes)
            except Unreadable as bad:
                raise CannotRedact(f"a body is not recorded, as it may hold secrets: {bad}") from None
        charset = _CHARSET.search(" ".join(given.get("content-type", ())))
        try:
            redacted = self.redact_body(plain, charset[1] if charset else None)
        except TooLarge as bad:
            raise CannotRedact(f"a body is not recorded, as it may hold secrets: {bad}") from None
        changed = self.redact_headers(fields)
        for name in list(changed):
            if name.lower() == "content-encoding" and applied and data:
                del changed[name]
            elif name.lower() == "content-length" and redacted != data:
                length = str(len(redacted))
                changed[name] = [length] if isinstance(changed[name], list) else length
        return redacted, changed

    # --- text -------------------------------------------------------------------------------------------------------

    def redact_text(self, text: str, depth: int = 0) -> str:
        """Any text: XML, HTML, JSON, a form, a line. ``depth``: in how many others it was found."""
        if depth:
            return self._redact_inner(text, depth)
        self._sweep_all()
        if hash(text) in self._redacted:
            return text
        if text in self._becomes:
            return self._becomes[text]
        redacted = self._redact_inner(text, depth)
        if self._sweep_all():  # what was learnt on the way may stand before the place where it was learnt
            redacted = self.redact_text(redacted)
        self._redacted.add(hash(redacted))
        if redacted != text:
            self._hold_text(text, redacted)
        return redacted

    def _hold_text(self, text: str, redacted: str) -> None:
        self._held += len(text)
        if self._held > _MOST_HELD:
            self._becomes.clear()
            self._held = len(text)
        self._becomes[text] = redacted

    def _sweep_all(self) -> bool:
        if not self._is_timed:
            self._secrets.started = thread_time()
        is_new = self._secrets.sweep_all()
        if is_new:
            self._redacted.clear()
            self._becomes.clear()
            self._held = 0
        return is_new

    def _redact_inner(self, text: str, depth: int) -> str:
        has_markup = "<" in text and depth < _MAX_DEPTH
        return self._redact_markup(text, depth) if has_markup else self._secrets.redact_text(text)

    def redact_quote(self, text: str) -> str:
        """A line of ours that quotes a message: ``<Ticket>`` in it is a name, and no secret follows."""
        self._sweep_all()
        return mask_secrets(self._secrets.redact_text(text))

    def _redact_markup(self, text: str, depth: int) -> str:
        out: list[str] = []
        path: list[str] = []
        around: Counter[str] = Counter()  # how often each name is in the path
        at, key = 0, ""
        while token := _TOKEN.match(text, at):  # not a list of them all: that takes a hundred times the text
            at = token.end()
            out.append(self._redact_token(token, depth))
            if token["end"] is not None and around[name := _local_name(token["end"])]:
                while path:
                    around[path[-1]] -= 1
                    if path.pop() == name:
                        break
            elif _opens_element(token):
                path.append(_local_name(token["start"]))
                around[path[-1]] += 1
                if path[-1] in ("key", "name"):
                    held = _TOKEN.finditer(text, at, _find_end(text, at, path[-1]) or at)
                    key = "".join(_content_of(one) or "" for one in held)
                kind = _kind_at(path[-1], around) or (secret_kind(key.strip()) if path[-1] == "value" else None)
                end = _find_end(text, at, path[-1], even_with_children=kind in _EVEN_BROKEN) if kind else None
                if kind and end:
                    out += self._replace_content(list(_TOKEN.finditer(text, at, end)), kind, depth)
                    at = end
        return "".join(out)

    def _replace_content(self, tokens: list[Token], kind: str, depth: int) -> list[str]:
        """What an element holds whose text is secret: the placeholder in the place of its first text."""
        value = "".join(_content_of(token) or "" for token in tokens).strip()
        placeholder = self._secrets.replace(kind, value)
        out = []
        for token in tokens:
            if not (_content_of(token) or "").strip():
                out.append(self._redact_token(token, depth))
                continue
            bare = token["cdata"] or token[0].strip()
            # One that is redacted already stays, also where it is written with a character reference.
            out.append(token[0].replace(bare, bare if value == placeholder else placeholder) if placeholder else "")
            placeholder = ""
        return out

    def _redact_token(self, token: Token, depth: int) -> str:
        if token["start"] is not None:
            told = _TELLING_KEY.search(token["attributes"])
            redact = partial(self._redact_attribute, secret_kind(told[1]) if told else None)
            return f"<{token['start']}{_ATTRIBUTE.sub(redact, token['attributes'])}>"
        for group in ("comment", "cdata"):
            if (inner := token[group]) is not None:
                before, after = token.start(group) - token.start(), token.end(group) - token.start()
                return token[0][:before] + self._redact_hidden(inner, depth) + token[0][after:]
        if token["text"] is None:
            is_tag = token["end"] is not None or token[0] == "<"
            return token[0] if is_tag else self._secrets.redact_text(token[0])
        plain = html.unescape(token["text"])
        redacted = self.redact_text(plain, depth + 1)
        return token[0] if redacted == plain else _escape_text(redacted, token[0])

    def _redact_hidden(self, inner: str, depth: int) -> str:
        """What stands in a comment or in CDATA, where markup may be escaped as well."""
        inner = self.redact_text(inner, depth + 1)
        if "&lt;" not in inner:
            return inner
        plain = html.unescape(inner)
        redacted = self.redact_text(plain, depth + 1)
        return inner if redacted == plain else html.escape(redacted, quote=False).replace("--", "-&#45;")

    def _redact_attribute(self, value_kind: str | None, found: re.Match[str]) -> str:
        """``value_kind``: what one that is called ``value`` holds, as another says."""
        name, to, double, single = found.groups()
        raw = double if double is not None else single
        plain = html.unescape(raw)
        if name.startswith("xmlns") and plain.startswith(_NAMESPACES):
            return found[0]
        kind = secret_kind(name) or (value_kind if _local_name(name) == "value" else None)
        redacted = self._secrets.replace(kind, plain) if kind else self._secrets.redact_text(plain)
        if redacted == plain:
            return found[0]
        mark, escaped = ('"', "&quot;") if double is not None else ("'", "&apos;")
        return f"{name}{to}{mark}{_escape_text(redacted, raw).replace(mark, escaped)}{mark}"

    def _redact_parameter(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        kind = parameter_kind(unquote_plus(name))
        if kind and value:
            return f"{name}={quote(self._secrets.replace(kind, unquote_plus(value)), safe=':')}"
        return f"{self._secrets.redact_text(name)}{equals}{self._secrets.redact_text(value)}"

    # --- header fields ----------------------------------------------------------------------------------------------

    def _redact_field(self, name: str, value: str) -> str:
        key = name.lower()
        self._sweep_all()
        if key == "host":
            return self._secrets.replace_host(value)
        if key in _URL_HEADERS:
            return self.redact_uri(value)
        if key == "cookie":
            return "; ".join(map(self._redact_cookie, value.split("; ")))
        if key == "set-cookie":
            return ", ".join(map(self._redact_set_cookie, _NEXT_COOKIE.split(value)))
        if key in _HARMLESS_HEADERS:
            return self.redact_text(value)
        kind = secret_kind(name) or ("address" if _ADDRESS_HEADERS.fullmatch(key) else "header")
        return self._redact_authorization(value) if kind == "authorization" else self._secrets.replace(kind, value)

    def _redact_cookie(self, pair: str) -> str:
        name, equals, value = pair.partition("=") if "=" in pair else ("", "", pair)
        return f"{name}{equals}{self._secrets.replace('cookie', value)}"

    def _redact_set_cookie(self, value: str) -> str:
        pair, semicolon, rest = value.partition(";")
        rest = _DOMAIN.sub(lambda found: self._secrets.replace_host(found[0]), self.redact_text(rest))
        return self._redact_cookie(pair) + semicolon + rest

    def _redact_authorization(self, value: str) -> str:
        scheme, space, credentials = value.partition(" ")
        if not space:
            return self._secrets.replace("authorization", value)
        if scheme.lower() == "basic":
            try:
                user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                pass
            else:
                self._secrets.replace("user", user)
                self._secrets.replace("password", password)
        return f"{scheme} {self._secrets.replace('authorization', credentials)}"


# --- tokens -----------------------------------------------------------------------------------------------------------


def _opens_element(token: Token) -> bool:
    return token["start"] is not None and not token["attributes"].endswith("/")


def _content_of(token: Token) -> str | None:
    """The characters that the token stands for, None where it is no text."""
    if token["cdata"] is not None:
        return token["cdata"]
    return None if token["text"] is None else html.unescape(token["text"])


def _local_name(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _kind_at(name: str, around: Counter[str]) -> str | None:
    """The kind of secret that an element of this name holds, inside others of these names."""
    in_error = any(around[error] for error in _ERRORS)
    if name == "value" and around["authenticationdata"]:
        return "value"
    if name == "stacktrace" or (in_error and (name in _ERROR_TEXTS or (name == "value" and around["parameters"]))):
        return "text"
    return secret_kind(name)


def _find_end(text: str, at: int, name: str, *, even_with_children: bool = False) -> int | None:
    """Where the element ends whose content begins at ``at``; None where it has children though none are wanted."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        if _opens_element(token):
            if not even_with_children:
                return None
            depth += 1
        elif (end := token["end"]) is not None:
            depth -= 1
            if depth < 0 or _local_name(end) == name:
                return token.start()
    return len(text)


def _escape_text(text: str, raw: str) -> str:
    text = html.escape(text, quote=False)
    return text.replace("\r", "&#13;") if "\r" not in raw else text


# --- values and bytes -------------------------------------------------------------------------------------------------


def _list_values(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in values]


def _decode_body(data: bytes, charset: str | None) -> tuple[str, str, str, bytes]:
    """(text, encoding, error handler, bytes that are half a character): together they give the same bytes again."""
    wide = next((encoding for mark, encoding in _WIDE_ENCODINGS if data.startswith(mark)), None)
    if wide or b"\x00" in data[:4]:
        encoding = wide or "utf-16-le"
        whole = len(data) - len(data) % (4 if "32" in encoding else 2)
        return data[:whole].decode(encoding, "surrogatepass"), encoding, "surrogatepass", data[whole:]
    declared = _DECLARED.search(data[:256])
    for name in (declared[1].decode() if declared else None, charset):
        try:
            encoding = codecs.lookup(name).name if name else "utf-8"
            text = data.decode(encoding)
            if text.encode(encoding) == data:
                return text, encoding, "xmlcharrefreplace", b""
        except (LookupError, ValueError):
            continue
    return data.decode("utf-8", "surrogateescape"), "utf-8", "surrogateescape", b""
