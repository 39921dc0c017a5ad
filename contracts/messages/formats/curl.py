"""``curl`` commands, as browsers copy them (for bash and for cmd), as people and ``services85 sample`` write them.

Source: https://curl.se/docs/manpage.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...files.limits import Unreadable
from ...model import Headers, Http, Message
from ..exchange import Half, read_beside, read_exchange
from ..reader import NoMessage, Reader, Skipped, Source

_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t\r]*(?:(?:#|::|@?rem\b|@?echo\b|set\b|export\b|\w+=)[^\n]*)?\n)*+"
    rb"[ \t]*(?:\$ |> )?curl(?:\.exe)?\s",
    re.IGNORECASE,
)
"""Comments, settings and blank lines, then the command."""
_COMMAND = re.compile(r"(?:^|[;&|(`]|\$ )[ \t]*curl(?:\.exe)?(?=\s)", re.MULTILINE)
_HEREDOC = re.compile(r"<<(-?)[ \t]*(?:'(\w+)'|\"(\w+)\"|(\w+))[^\n]*\n")
_ANSI = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})|(.))", re.DOTALL)
_ANSI_NAMES = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_METHOD = ("-X", "--request")
_HEADER = ("-H", "--header")
_DATA = ("-d", "--data", "--data-ascii", "--data-raw", "--data-binary", "--json", "--data-urlencode")
_UPLOAD = ("-T", "--upload-file")
_OTHERS_WITH_VALUE = frozenset(
    """-A --user-agent -b --cookie -c --cookie-jar -e --referer -E --cert -F --form -K --config -m --max-time
    -o --output -u --user -U --proxy-user -w --write-out -x --proxy -y -Y -z --cacert --capath --cert-type --ciphers
    --connect-timeout --connect-to --dns-servers --interface --key --key-type --limit-rate --max-redirs --noproxy
    --pass --pinnedpubkey --proto --range -r --resolve --retry --retry-delay --retry-max-time --socks5 --trace
    --trace-ascii --tls-max --unix-socket --dump-header -D --aws-sigv4 --oauth2-bearer""".split()  # noqa: SIM905
)
_WORDS = re.compile(
    r"""(?P<space>[ \t\r]+|\\\r?\n)
    |'(?P<single>[^']*)'
    |\$'(?P<ansi>(?:[^'\\]|\\.)*)'
    |"(?P<double>(?:[^"\\]|\\.)*)"
    |\\(?P<escaped>.)
    |(?P<here><<-?[^\n]*)
    |(?P<end>[\n;|)`]|&(?=\s|&|$))
    |(?P<plain>[^\s'"\\;|)`]+?(?=[\s'"\\;|)`]|$|\$'|<<))""",
    re.VERBOSE | re.DOTALL,
)
_DOUBLE = re.compile(r"\\(?:\n|([\"\\$`]))")


def looks_like(head: bytes) -> bool:
    """Whether the first command, after comments and variables, is curl."""
    return bool(_BEGINNING.match(head))


def parse(data: bytes, source: Source) -> Iterator[Message | Skipped]:
    """The requests that the commands send, ``command 1`` …; variables of the shell stay as they are."""
    text = data.decode("utf-8-sig", "surrogateescape").replace("\r\n", "\n")
    found = list(_COMMAND.finditer(text))
    if not found:
        raise NoMessage("no curl command")
    ends = [*(command.start() for command in found[1:]), len(text)]
    for number, (command, end) in enumerate(zip(found, ends, strict=True), 1):
        line = text.count("\n", 0, command.end())
        yield from read_exchange(
            source, f"command {number}", partial(_read_command, text[command.end() : end], source, line), lambda: None
        )


def _read_command(text: str, source: Source, line: int) -> Half:
    """``line``: how many lines of the file stand before the command's words."""
    words, stdin = _split_words(text)
    method, target, data, fields = "", "", [], []
    while words:
        word = words.pop(0)
        name, value = word, ""
        if word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
        elif re.match(r"-[XHdTAbceEFKmouUwxyzrD].", word):
            name, value = word[:2], word[2:]
        known = (*_METHOD, *_HEADER, *_DATA, *_UPLOAD, "--url")
        if (name in known or name in _OTHERS_WITH_VALUE) and not value:
            value = words.pop(0) if words else ""
        if name in _METHOD:
            method = value
        elif name in _HEADER:
            key, _, rest = value.partition(":")
            fields.append((key.strip(), rest.strip()))
        elif name in _DATA or name in _UPLOAD:
            data.append(_read_data(name, value, stdin, source))
        elif name == "--url" or (not word.startswith("-") and not target):
            target = value or word
    headers = Headers(tuple(fields))
    if data and headers.get("Content-Type") is None and "--upload-file" not in text and " -T" not in text:
        headers = Headers((*fields, ("Content-Type", "application/x-www-form-urlencoded")))  # as curl adds it
    body = b"&".join(data)
    at = text.find(body.decode("utf-8", "surrogateescape").strip()) if body.strip() else -1
    http = Http(headers, method=method or ("POST" if data else "GET"), target=target)
    return http, body, None if at < 0 else line + 1 + text.count("\n", 0, at)


def _read_data(name: str, value: str, stdin: str, source: Source) -> bytes:
    if name in _UPLOAD:
        value = f"@{value}" if value != "-" else "@-"
    if name == "--data-raw" or not value.startswith("@"):
        return value.encode("utf-8", "surrogateescape")
    data = stdin.encode("utf-8", "surrogateescape") if value == "@-" else read_beside(source, value[1:])
    return data if name == "--data-binary" or name in _UPLOAD else data.replace(b"\n", b"").replace(b"\r", b"")


def _split_words(text: str) -> tuple[list[str], str]:
    """The words of the command, by the rules of a POSIX shell, and what it reads from a here-document."""
    if re.search(r"\^[\"\n]", text):  # for Windows' cmd: a caret escapes, at the end of a line it continues
        text = re.sub(r"\^(?:\n(\n)?|(.))", lambda found: found[1] or found[2] or " ", text, flags=re.DOTALL)
    words: list[str] = []
    word: str | None = None
    for found in _WORDS.finditer(text):
        kind, piece = found.lastgroup, found[found.lastgroup or 0]
        if kind in ("space", "end", "here"):
            if word is not None:
                words.append(word)
            word = None
        if kind == "end":
            break
        if kind == "here":
            return words, _read_heredoc(text, found.start())
        if kind == "double":
            piece = _DOUBLE.sub(lambda escaped: escaped[1] or "", piece)
        elif kind == "ansi":
            piece = _ANSI.sub(_undo_ansi, piece)
        if kind != "space":
            word = (word or "") + piece
    return [*words, word] if word is not None else words, ""


def _read_heredoc(text: str, at: int) -> str:
    opened = _HEREDOC.match(text, at)
    if not opened:
        raise Unreadable("a here-document that is not understood")
    mark = opened[2] or opened[3] or opened[4]
    ended = re.compile(rf"^\t*{mark}[ \t]*$", re.MULTILINE).search(text, opened.end())
    if not ended:
        raise Unreadable(f"a here-document without its end, {mark}")
    return text[opened.end() : ended.start()]


def _undo_ansi(found: re.Match[str]) -> str:
    """What bash makes of an escape in ``$'…'``."""
    if code := found[1] or found[2]:
        return chr(int(code, 16))
    return chr(int(found[3], 8)) if found[3] else _ANSI_NAMES.get(found[4], found[4])


READER = Reader("curl command", ("curl",), looks_like, parse)
