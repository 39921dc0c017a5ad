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
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from ..files.limits import MAX_SIZE, Unreadable
from ..messages.coding import codings, is_text, unpack
from ..model import ContractsError
from ..model.secrets import secret_kind
from .secrets import Secrets

Fields = Mapping[str, Any]
"""Header fields as vcrpy has them: a name to a value, or to a list of values."""

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"  # left open, it goes on to the end
    r"|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|<\?.*?(?:\?>|\Z)"
    r"|</(?P<end>[^\s<>]+)[^<>]*>"
    r"|<(?P<start>[^\s<>/!?]+)(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>"
    r"|(?P<text>[^<]+)"
    r"|<",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/]++)(\s*=\s*)(?:\"([^\"]*)\"|'([^']*)')")
_ASSIGNED = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]++)(?P<to>[\"']?\s*[=:]\s*)"
    r"(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"'&;,<>{}\[\]]+))"
)
_DECLARED = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z][\w.-]*)[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.-]+)", re.IGNORECASE)
_NAMESPACES = ("http://schemas.", "http://www.w3.org/", "http://www.superoffice.net/ws/")
_ADDRESSES = {"location", "content-location", "referer", "origin"}
_PROXIES = {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "x-cluster-client-ip"}
_PROXIES |= {"x-forwarded-for", "x-forwarded-host", "x-forwarded-server", "x-original-host", "x-host", "x-server-name"}
_DOMAIN = re.compile(r"(?<=domain=)[^;\s]+", re.IGNORECASE)
_NEXT_COOKIE = re.compile(r", *(?=[^\s;,=]+=)")  # in fields that were joined; a date's comma has no name after it
_ERRORS = {"exceptioninfo", "innerexception", "exceptiondetail"}
_ERROR_TEXTS = {"message", "stacktrace", "friendlytext", "source", "helplink"}
_EVEN_BROKEN = {"ticket", "access", "token", "password", "value"}  # kinds whose elements hold nothing that is no secret
_MAX_DEPTH = 4


class CannotRedact(ContractsError):
    """Something that cannot be looked into for secrets; it is not to be written."""


class _Token(NamedTuple):
    raw: str
    comment: str | None
    cdata: str | None
    end: str | None
    start: str | None
    attributes: str | None
    text: str | None

    @property
    def opens(self) -> bool:
        return self.start is not None and not (self.attributes or "").endswith("/")

    @property
    def content(self) -> str | None:
        """The characters that the token stands for, None where it is no text."""
        return self.cdata if self.cdata is not None else None if self.text is None else html.unescape(self.text)

    def within(self, old: str, new: str) -> str:
        """A comment or CDATA section that holds something else."""
        start = self.raw.index(old, 4 if self.comment is not None else 9)
        return self.raw[:start] + new + self.raw[start + len(old) :]


class Redactor:
    """Redacts the exchanges of one recording, with the same placeholder for the same secret throughout.

    ``secrets`` are (kind, value) pairs that are known beforehand (the kinds are those of
    `contracts.recording.secrets.KINDS`, and ``host``). Values too short to be told from other text (fewer characters
    than ``KINDS[kind].sweep``) are replaced in their place only, not wherever they occur. Redacting what is redacted
    already changes nothing.
    """

    def __init__(self, secrets: Iterable[tuple[str, str]] = ()) -> None:
        self._secrets = Secrets()
        for kind, value in secrets:
            if kind == "host":
                self._secrets.host(value)
            else:
                self._secrets.place(kind, value)

    # --- the parts of an exchange -----------------------------------------------------------------------------------

    def uri(self, uri: str) -> str:
        """A URL or a path; user and password in front of a host are left out, its port too."""
        try:
            parts = urlsplit(uri)
        except ValueError:
            return self.content(uri)
        userinfo, _, host = parts.netloc.rpartition("@")
        user, _, password = userinfo.partition(":")
        self._secrets.place("user", unquote_plus(user))
        self._secrets.place("password", unquote_plus(password))
        query = "&".join(self._parameter(pair) for pair in parts.query.split("&"))
        path, fragment = self.content(parts.path), self.content(parts.fragment)
        return urlunsplit((parts.scheme, self._secrets.host(host), path, query, fragment))

    def headers(self, fields: Fields) -> dict[str, Any]:
        """The header fields, in their shape; values in bytes become text."""
        return {
            name: [self._field(name, one) for one in value]
            if isinstance(value, list | tuple)
            else self._field(name, value)
            for name, value in fields.items()
        }

    def body(self, data: bytes, charset: str | None = None) -> bytes:
        """A body without content codings, in its own encoding."""
        text, encoding, errors, tail = _decode(data, charset)
        redacted = self.content(text)
        return data if redacted == text else redacted.encode(encoding, errors) + tail

    def packed_body(self, data: bytes, fields: Fields) -> tuple[bytes, dict[str, Any]]:
        """A body and its header fields: content codings are undone, and Content-Encoding and -Length say so.

        Raises CannotRedact where they cannot be undone.
        """
        headers = {name.lower(): _values(value) for name, value in fields.items()}
        applied = codings(headers.get("content-encoding", ()))
        plain = data
        if applied and not is_text(data):
            try:
                plain = unpack(data, applied, MAX_SIZE)
            except Unreadable as bad:
                raise CannotRedact(f"a body is not recorded, as it may hold secrets: {bad}") from None
        charset = _CHARSET.search(" ".join(headers.get("content-type", ())))
        redacted = self.body(plain, charset[1] if charset else None)
        changed = self.headers(fields)
        for name in list(changed):
            if name.lower() == "content-encoding" and applied and data:
                del changed[name]
            elif name.lower() == "content-length" and redacted != data:
                length = str(len(redacted))
                changed[name] = [length] if isinstance(changed[name], list) else length
        return redacted, changed

    # --- text -------------------------------------------------------------------------------------------------------

    def content(self, text: str, depth: int = 0) -> str:
        """Any text: XML, HTML, JSON, a form, a line."""
        if "<" in text and depth < _MAX_DEPTH:
            return self._markup(text, depth)
        return self._secrets.text(_ASSIGNED.sub(self._assigned, text))

    def _markup(self, text: str, depth: int) -> str:
        tokens = [_Token(found[0], **found.groupdict()) for found in _TOKEN.finditer(text)]
        out: list[str] = []
        path: list[str] = []
        at, key = 0, ""
        while at < len(tokens):
            token = tokens[at]
            at += 1
            out.append(self._token(token, depth))
            if token.end is not None and (name := _local(token.end)) in path:
                while path.pop() != name:
                    pass
            elif token.opens and token.start is not None:
                path.append(_local(token.start))
                if path[-1] in ("key", "name"):
                    key = "".join(one.content or "" for one in tokens[at : _end(tokens, at, path[-1]) or at]).strip()
                kind = _kind(path) or (secret_kind(key) if path[-1] == "value" else None)
                end = _end(tokens, at, path[-1], even_with_children=kind in _EVEN_BROKEN) if kind else None
                if kind and end:
                    out += self._secret(tokens[at:end], kind, depth)
                    at = end
        return "".join(out)

    def _secret(self, tokens: list[_Token], kind: str, depth: int) -> list[str]:
        """What an element holds whose text is secret: the placeholder in the place of its first text."""
        value = "".join(token.content or "" for token in tokens)
        placeholder: str | None = self._secrets.place(kind, value.strip())
        out = []
        for token in tokens:
            if token.content is None or not token.content.strip():
                out.append(self._token(token, depth))
            elif placeholder is None:
                out.append("")
            elif token.cdata is not None:
                out.append(token.within(token.cdata, placeholder))
                placeholder = None
            else:
                bare = token.raw.strip()
                out.append(token.raw.replace(bare, bare if value.strip() == placeholder else placeholder))
                placeholder = None
        return out

    def _token(self, token: _Token, depth: int) -> str:
        if token.comment is not None:
            return token.within(token.comment, self.content(token.comment, depth + 1))
        if token.cdata is not None:
            return token.within(token.cdata, self.content(token.cdata, depth + 1))
        if token.start is not None:
            return f"<{token.start}{_ATTRIBUTE.sub(self._attribute, token.attributes or '')}>"
        if token.text is None:
            return token.raw if token.end is not None else self._secrets.text(token.raw)
        plain = html.unescape(token.text)
        redacted = self.content(plain, depth + 1)
        return token.raw if redacted == plain else _escape(redacted, token.raw)

    def _attribute(self, found: re.Match[str]) -> str:
        name, to, double, single = found.groups()
        raw = double if double is not None else single
        plain = html.unescape(raw)
        if name.startswith("xmlns") and plain.startswith(_NAMESPACES):
            return found[0]
        kind = secret_kind(name)
        redacted = self._secrets.place(kind, plain) if kind else self._secrets.text(plain)
        if redacted == plain:
            return found[0]
        mark = '"' if double is not None else "'"
        return (
            f"{name}{to}{mark}{_escape(redacted, raw).replace(mark, '&quot;' if mark == chr(34) else '&apos;')}{mark}"
        )

    def _assigned(self, found: re.Match[str]) -> str:
        """``name=value``, ``"name": "value"``, in whatever text."""
        kind = secret_kind(found["name"])
        if kind is None:
            return found[0]
        mark = '"' if found["double"] is not None else "'" if found["single"] is not None else ""
        value = found["double"] or found["single"] or unquote_plus(found["bare"] or "")
        return f"{found['name']}{found['to']}{mark}{self._secrets.place(kind, value)}{mark}"

    def _parameter(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        kind = secret_kind(unquote_plus(name))
        if kind and value:
            return f"{name}={quote(self._secrets.place(kind, unquote_plus(value)), safe=':')}"
        return f"{self._secrets.text(name)}{equals}{self._secrets.text(value)}"

    # --- header fields ----------------------------------------------------------------------------------------------

    def _field(self, name: str, given: Any) -> str:
        value = given.decode("latin-1") if isinstance(given, bytes) else str(given)
        key = name.lower()
        if key == "host":
            return self._secrets.host(value)
        if key in _ADDRESSES:
            return self.uri(value)
        if key == "cookie":
            return "; ".join(self._cookie(pair) for pair in value.split("; "))
        if key == "set-cookie":
            return ", ".join(map(self._set_cookie, _NEXT_COOKIE.split(value)))
        kind = "address" if key in _PROXIES else secret_kind(name)
        if kind == "authorization":
            return self._authorization(value)
        return self._secrets.place(kind, value) if kind else self.content(value)

    def _cookie(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return self._secrets.place("cookie", pair)
        return f"{name}={self._secrets.place('cookie', value)}"

    def _set_cookie(self, value: str) -> str:
        pair, semicolon, rest = value.partition(";")
        return (
            self._cookie(pair) + semicolon + _DOMAIN.sub(lambda found: self._secrets.host(found[0]), self.content(rest))
        )

    def _authorization(self, value: str) -> str:
        scheme, space, credentials = value.partition(" ")
        if not space:
            return self._secrets.place("authorization", value)
        if scheme.lower() == "basic":
            try:
                user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                pass
            else:
                self._secrets.place("user", user)
                self._secrets.place("password", password)
        return f"{scheme} {self._secrets.place('authorization', credentials)}"


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _kind(path: list[str]) -> str | None:
    """The kind of secret that the element at the end of the path holds."""
    name = path[-1]
    if name == "value" and "authenticationdata" in path:
        return "value"
    if name == "stacktrace" or (name in _ERROR_TEXTS and not _ERRORS.isdisjoint(path)):
        return "text"
    if name == "value" and "parameters" in path and not _ERRORS.isdisjoint(path):
        return "text"
    return secret_kind(name)


def _end(tokens: list[_Token], at: int, name: str, *, even_with_children: bool = False) -> int | None:
    """Where the element ends whose content begins at ``at``; None where it has children though none are wanted."""
    depth = 0
    for index in range(at, len(tokens)):
        if tokens[index].opens:
            if not even_with_children:
                return None
            depth += 1
        elif (end := tokens[index].end) is not None:
            depth -= 1
            if depth < 0 or _local(end) == name:
                return index
    return len(tokens)


def _escape(text: str, raw: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" not in raw else text


def _values(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in values]


def _decode(data: bytes, charset: str | None) -> tuple[str, str, str, bytes]:
    """(text, encoding, error handler, bytes that are half a character): together they give the same bytes again."""
    head = data[:4]
    if head in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        encoding, whole = "utf-32-le" if head == codecs.BOM_UTF32_LE else "utf-32-be", len(data) // 4 * 4
        return data[:whole].decode(encoding, "surrogatepass"), encoding, "surrogatepass", data[whole:]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head:
        big = head.startswith(b"\xfe\xff") or (head[:1] == b"\x00" and not head.startswith(b"\xff\xfe"))
        encoding, whole = "utf-16-be" if big else "utf-16-le", len(data) // 2 * 2
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
