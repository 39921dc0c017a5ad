"""``curl`` commands, as browsers copy them (for bash and for cmd), as people and ``services85 sample`` write them.

Source: https://curl.se/docs/manpage.html.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import partial
from itertools import islice

from ...files.limits import Unreadable
from ...model import Headers, Http
from ..exchange import read_exchange
from ..reader import Item, NoMessage, Reader, Source
from ..stored import StoredSide, decode_escaped, encode_escaped, fill_bounded, find_line, read_beside

_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t\r]*(?:(?:#|::|@?rem\b|@?echo\b|set\b|export\b|\w+=(?!\$\())[^\n]*)?\n)*+"
    rb"[ \t]*(?:\$ |> |time |\w+=\$\(|cat [^\n|]*\|[ \t]*)?(?:[\w./~-]*/)?curl(?:\.exe)?\s",
    re.IGNORECASE,
)
"""Comments, settings and blank lines, then the command."""
_COMMAND = re.compile(
    r"(?:^|[;&|(`]|\$ |\b(?:do|then|else|time|exec|sudo) )[ \t]*(?:[\w./~-]*/)?curl(?:\.exe)?(?=\s)", re.MULTILINE
)
_SETTING = re.compile(r"^[ \t]*(?:export |local |readonly |(set) \"?)?([A-Za-z_]\w*)=", re.MULTILINE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\}|\((?:cat +|< *)([^)\n]+)\))|%(\w+)%")
_WRITTEN = re.compile(
    r"^[^\n>]{0,200}>[ \t]*([\w./-]+)[^\n<]{0,200}(?=<<)"
    r"|^[^\n<]{0,200}(?=<<-?[ \t]*['\"]?\w+['\"]?[ \t]*>[ \t]*([\w./-]+))",
    re.MULTILINE,
)
"""A file that a here-document is written to."""
_HEREDOC = re.compile(r"<<(-?)[ \t]*(?:'(\w+)'|\"(\w+)\"|(\w+))[^\n]*\n")
_HEREDOC_MARK = re.compile(r"<<-?[ \t]*['\"]?\w")
_UNKNOWN = re.compile(rb"\s*\$(?:\w+|\{\w+\}|\([^)]*\))\s*|\s*%\w+%\s*")
_MOST_SET = 200  # variables of a script, and files that it writes
_LONGEST = 2**20  # characters of it that are looked over for the value of one
_ANSI = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|([0-7]{1,3})|(.))", re.DOTALL)
_ANSI_NAMES = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}
_METHOD = ("-X", "--request")
_HEADER = ("-H", "--header")
_DATA = ("-d", "--data", "--data-ascii", "--data-raw", "--data-binary", "--json", "--data-urlencode")
_UPLOAD = ("-T", "--upload-file")
# Options that take the next word. Of one that is not here the value would be taken for the address.
_WITH_VALUE = frozenset((*_METHOD, *_HEADER, *_DATA, *_UPLOAD, "--url")) | frozenset(
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


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The requests that the commands send, ``command 1`` …; variables stay as they are where the file sets none."""
    text = decode_escaped(data).replace("\r\n", "\n").replace("`\n", "\\\n")
    found = list(_COMMAND.finditer(text))
    if not found:
        raise NoMessage("no curl command")
    script = _ShellScript(text, source)
    ends = [*(command.start() for command in found[1:]), len(text)]
    line = counted = 0
    for number, (command, end) in enumerate(zip(found, ends, strict=True), 1):
        line, counted = line + text.count("\n", counted, command.end()), command.end()
        asked = partial(_read_command, script, command.end(), end, line)
        yield from read_exchange(source, f"command {number}", asked)


class _ShellScript:
    """A script's text, and what it sets before: variables, and files that it writes."""

    def __init__(self, text: str, source: Source) -> None:
        self.text = text
        self.source = source
        self.values: dict[str, str] = {}
        self.files: dict[str, str] = {}
        for found in islice(_SETTING.finditer(text), _MOST_SET):
            held = text[found.end() : found.end() + _LONGEST]
            line = held.partition("\n")[0]
            if found[1]:  # cmd's
                self.values[found[2]] = line.rstrip('"')
            elif opened := _HEREDOC.search(line + "\n") if line.startswith("$(") else None:
                self.values[found[2]] = _read_heredoc(text, found.end() + opened.start(), self).rstrip("\n")
            elif not line.startswith(("$(", "`")):
                words, _ = _split_words(held, self)
                self.values[found[2]] = words[0] if words and line[:1].strip() else ""
        written = islice(_WRITTEN.finditer(text), _MOST_SET)
        self.files.update({each[1] or each[2]: _read_heredoc(text, each.end(), self) for each in written})

    def find_line(self, body: bytes, start: int, end: int, above: int) -> int | None:
        """Where a body stands as it is, in a command or as a variable's value; None where it does not.

        ``above``: how many lines are above the one on which the command's words begin.
        """
        text = body.decode("utf-8", "surrogateescape")
        if here := find_line(self.text[start:end], text.strip()):
            return above + here
        return find_line(self.text, text.strip()) if text in self.values.values() else None

    def fill_variables(self, text: str) -> str:
        """``$NAME``, ``${NAME}``, ``%NAME%`` by what the script sets it to; ``$(cat FILE)`` by the file."""

        def find_value(found: re.Match[str]) -> str | None:
            if found[3]:
                return self.read_file(found[3].strip("\"' ")).decode("utf-8", "surrogateescape")
            return self.values.get(found[1] or found[2] or found[4])

        return fill_bounded(text, _VARIABLE, find_value)

    def read_file(self, name: str) -> bytes:
        """One that the script writes, or that lies beside it. Raises Unreadable."""
        name = self.fill_variables(name)
        if name in self.files:
            return encode_escaped(self.files[name])
        return read_beside(self.source, name)


def _read_command(script: _ShellScript, start: int, end: int, above: int) -> StoredSide:
    """``start``: where the command's words begin; ``end``: where the next command does; ``above``: lines before."""
    words, stdin = _split_words(script.text[start:end], script)
    before = script.text[script.text.rfind("\n", 0, start) + 1 : start]
    if not stdin and (piped := _HEREDOC_MARK.search(before)):
        stdin = _read_heredoc(script.text, start - len(before) + piped.start(), script)
    method, target, data, fields = "", "", [], []
    left_out = set[str]()  # headers that curl is told to send none of
    unread: Unreadable | None = None
    for name, value in _read_options(deque(words)):
        if name in _METHOD:
            method = value
        elif name in _HEADER:
            key, colon, rest = value.partition(":")
            if colon and not rest.strip():  # curl leaves its own one out, and sends an empty one for "Name;"
                left_out.add(key.strip().lower())
            else:
                fields.append((key.strip().rstrip(";"), rest.strip()))
        elif name in _DATA or name in _UPLOAD:
            if name in _UPLOAD:
                left_out.add("content-type")  # curl names a type for -d, and none for -T
                method = method or "PUT"
            try:
                data.append(_read_data(name, value, stdin, script))
            except Unreadable as bad:  # where it was to go, tells whether that matters
                unread = unread or bad
                data.append(b"")
        elif name == "--url" or (not name and not target):
            target = value
    headers = Headers(tuple(fields))
    if data and headers.get("Content-Type") is None and "content-type" not in left_out:
        headers = Headers((*fields, ("Content-Type", "application/x-www-form-urlencoded")))  # as curl adds it
    body = b"&".join(data)
    http = Http(headers, method=method or ("POST" if data else "GET"), target=target)
    if _UNKNOWN.fullmatch(body):
        unread = unread or Unreadable(f"the body is what the shell makes of {body.decode()[:60]}")
    if unread:
        return http, unread, None
    return http, body, script.find_line(body, start, end, above)


def _read_options(words: deque[str]) -> Iterator[tuple[str, str]]:
    """The options by their names, with their values; without a name what stands alone."""
    while words:
        name, value = words.popleft(), ""
        if not name.startswith("-"):
            name, value = "", name
        elif name.startswith("--") and "=" in name:
            name, _, value = name.partition("=")
        elif re.match(r"-[^-]", name):  # several may stand together, the last with its value: -sXPOST
            at = next((i for i in range(1, len(name)) if f"-{name[i]}" in _WITH_VALUE), len(name) - 1)
            name, value = f"-{name[at]}", name[at + 1 :]
        if name in _WITH_VALUE and not value:
            value = words.popleft() if words else ""
        yield name, value


def _read_data(name: str, value: str, stdin: str, script: _ShellScript) -> bytes:
    if name in _UPLOAD:
        value = f"@{value}" if value != "-" else "@-"
    if name == "--data-raw" or not value.startswith("@"):
        return encode_escaped(value)
    data = encode_escaped(stdin) if value == "@-" else script.read_file(value[1:])
    if name == "--data-binary" or name in _UPLOAD:
        return data
    return data.replace(b"\n", b"").replace(b"\r", b"")  # as curl does with what -d reads from a file


def _split_words(text: str, script: _ShellScript) -> tuple[list[str], str]:
    """The words of the command, by the rules of a POSIX shell, and what it reads from a here-document."""
    if re.search(r"\^[\"\n]", text):  # for Windows' cmd: a caret escapes, at the end of a line it continues
        text = re.sub(r"\^(?:\n(\n)?|(.))", lambda found: found[1] or found[2] or " ", text, flags=re.DOTALL)
    words: list[str] = []
    word: list[str] | None = None  # its pieces
    for found in _WORDS.finditer(text):
        kind, piece = found.lastgroup, found[found.lastgroup or 0]
        if kind in ("space", "end", "here"):
            if word is not None:
                words.append("".join(word))
            word = None
        if kind == "end":
            break
        if kind == "here":
            return words, _read_heredoc(text, found.start(), script)
        if kind == "double":
            piece = _DOUBLE.sub(lambda escaped: escaped[1] or "", script.fill_variables(piece))
        elif kind == "plain":
            piece = script.fill_variables(piece)
        elif kind == "ansi":
            piece = _ANSI.sub(_undo_ansi, piece)
        if kind != "space":
            word = [] if word is None else word
            word.append(piece)
    return [*words, "".join(word)] if word is not None else words, ""


def _read_heredoc(text: str, at: int, script: _ShellScript) -> str:
    opened = _HEREDOC.match(text, at)
    if not opened:
        raise Unreadable("a here-document that is not understood")
    mark = opened[2] or opened[3] or opened[4]
    ended = re.compile(rf"^\t*{mark}[ \t]*$", re.MULTILINE).search(text, opened.end())
    if not ended:
        raise Unreadable(f"a here-document without its end, {mark}")
    held = text[opened.end() : ended.start()]
    return script.fill_variables(held) if opened[4] else held


def _undo_ansi(found: re.Match[str]) -> str:
    """What bash makes of an escape in ``$'…'``."""
    if code := found[1] or found[2]:
        return chr(int(code, 16))
    return chr(int(found[3], 8)) if found[3] else _ANSI_NAMES.get(found[4], found[4])


READER = Reader("curl command", ("curl", "sh", "bash", "zsh", "bat", "cmd"), _BEGINNING.match, parse)
