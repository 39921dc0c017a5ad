"""PowerShell's ``Invoke-WebRequest`` and ``Invoke-RestMethod``, as browsers copy them, Postman writes them, and people.

Source: https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/invoke-webrequest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from ...files.limits import Unreadable
from ...files.prolog import skip_lead
from ...model import Headers, Http
from ..exchange import read_exchange
from ..reader import Item, NoMessage, Reader, Source
from ..stored import StoredSide, complete_fields, decode_escaped, encode_escaped, fill_bounded, find_line, read_beside

_COMMAND = re.compile(r"\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)(?=[ \t`])", re.IGNORECASE)
_BEGINNING = re.compile(rb"^[^#\n<]*\bInvoke-(?:WebRequest|RestMethod)[ \t`]", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(
    r"""@"[ \t]*\n(?P<here>.*?)(?:\n"@|\Z) | @'[ \t]*\n(?P<verbatim>.*?)(?:\n'@|\Z)
    | "(?P<double>(?:[^"`]|`.|"")*+)(?:"|\Z) | '(?P<single>(?:[^']|'')*+)(?:'|\Z)
    | \((?:Get-Content|gc|cat)[ ]+(?:-(?:Raw|Path)[ ]+)*(?P<file>[^\s)]+)[^)]*\)
    | \(\[(?:System\.)?Text\.Encoding\]::\w+\.GetBytes\(\$(?P<encoded>\w+)\)\)
    | (?P<call>\((?=[A-Za-z\[])(?:[^()'"\n]|'[^'\n]*+'|\([^()'"\n]*+\))*+\))
    | (?P<table>@\{) | (?P<close>\}) | (?P<end>[\n;|]) | (?P<name>-[A-Za-z]+) | \$(?P<variable>\w+)
    | (?P<space>`\n|[ \t,]+) | (?P<equals>=) | (?P<plain>[^\s"'`;|{}()=,$]+) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_SETTING = re.compile(r"^[ \t]*\$(\w+)[ \t]*=[ \t]*(?=[@\"'(])", re.MULTILINE)
_ADDING = re.compile(r"^[ \t]*\$(\w+)\.Add\(([^\n]*)\)", re.MULTILINE)
_MOST_COMMANDS, _MOST_TOKENS, _MOST_SET = 2000, 1000, 200  # of a script, of a statement, variables of a script
_ESCAPED = re.compile(r"`(.)|\"(\")", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_FILLED = re.compile(r"(?<!`)\$(?:\{(\w+)\}|(\w+))")

_Value = str | dict[str, str]


def looks_like(head: bytes) -> bool:
    """Whether a line begins such a command."""
    return not skip_lead(head).startswith((b"<", b"{", b"---", b"#!")) and bool(_BEGINNING.search(head))


def parse(data: bytes, source: Source) -> Iterator[Item]:
    """The requests that the commands send, ``command 1`` …; ``$name`` stays as it is where the file does not set it."""
    text = decode_escaped(data).replace("\r\n", "\n")
    found = list(_COMMAND.finditer(text))
    if not found:
        raise NoMessage("no Invoke-WebRequest or Invoke-RestMethod", certain="curl" not in text)
    if len(found) > _MOST_COMMANDS:
        raise Unreadable(f"more than {_MOST_COMMANDS} commands")
    script = _PowerShellScript(text, source)
    for number, command in enumerate(found, 1):
        yield from read_exchange(source, f"command {number}", partial(_read_command, script, command.end()))


@dataclass
class _PowerShellScript:
    """A script's text, and the values of the variables that it sets: texts, and tables of header fields."""

    text: str
    source: Source
    values: dict[str, _Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for found in islice(_SETTING.finditer(self.text), _MOST_SET):
            self.values[found[1].lower()] = self._add_up(found.end())
        for found in islice(_ADDING.finditer(self.text), _MOST_SET):
            pair = [value for _, value in self.read_values(found.start(2), found.end(2)) if isinstance(value, str)]
            held = self.values.setdefault(found[1].lower(), {})
            if len(pair) == 2 and isinstance(held, dict):
                held[pair[0]] = pair[1]

    def _add_up(self, at: int) -> _Value:
        """A value and what ``+`` adds to it, no longer than the script; a call in it stays as it is written."""
        total: str = ""
        for number, (_, value) in enumerate(self.read_values(at)):
            if not isinstance(value, str):
                return total or value
            # The even ones are added up, the odd ones between them have to be plus signs.
            if number % 2 == 0 and (number == 0 or len(total) + len(value) <= len(self.text)):
                total += value
            elif value != "+":
                break
        return total

    def read_values(self, at: int, end: int | None = None) -> Iterator[tuple[str, _Value]]:
        """The values of a statement, each with the name of the parameter before it, or none."""
        name, table = "", None
        tokens = _TOKEN.finditer(self.text, at, len(self.text) if end is None else end)
        for token in islice(tokens, _MOST_TOKENS):
            kind = token.lastgroup or "other"
            if kind == "end" and table is None:
                return
            if kind == "name" and table is None:
                name = token[0].lower()
            elif kind == "table":
                table = list[str]()
            elif kind == "close" and table is not None:
                yield name, dict(zip(table[::2], table[1::2], strict=False))
                name, table = "", None
            elif (value := self._value_of(kind, token)) is not None:
                if table is None:
                    yield name, value
                    name = ""
                elif isinstance(value, str):
                    table.append(value)

    def _value_of(self, kind: str, token: re.Match[str]) -> _Value | None:
        held = token[kind]
        if kind == "double":
            return _ESCAPED.sub(lambda e: _ESCAPES.get(e[1], e[1]) if e[1] else '"', self._fill_variables(held))
        if kind == "single":
            return held.replace("''", "'")
        if kind == "here":
            return self._fill_variables(held)
        if kind in ("variable", "encoded"):
            return self.values.get(held.lower(), f"${held}")
        if kind == "file":
            return self.read_file(held.strip("\"'"), token[0])
        return held if kind in ("plain", "verbatim", "call") else None

    def read_file(self, name: str, otherwise: str) -> str:
        """The text of a file, else what stands for one that cannot be read."""
        try:
            return decode_escaped(read_beside(self.source, name))
        except Unreadable:
            return otherwise

    def _fill_variables(self, text: str) -> str:
        def find_value(found: re.Match[str]) -> str | None:
            known = self.values.get((found[1] or found[2]).lower())
            return known if isinstance(known, str) else None

        return fill_bounded(text, _FILLED, find_value)


def _read_command(script: _PowerShellScript, at: int) -> StoredSide:
    given: dict[str, _Value] = {}
    for name, value in script.read_values(at):
        given.setdefault(name or "-uri", value)  # the one parameter that need not be named
    fields, body = given.get("-headers"), given.get("-body", "")
    if isinstance(file := given.get("-infile"), str):
        body = script.read_file(file, f"({file})")
    pairs = tuple(fields.items()) if isinstance(fields, dict) else ()
    headers = complete_fields(Headers(pairs), given.get("-contenttype"))
    method = str(given.get("-method") or ("POST" if body else "GET")).upper()
    http = Http(headers, method=method, target=str(given.get("-uri", "")))
    if not isinstance(body, str) or re.fullmatch(r"\$\w+|\(.*\)", body):
        why = "the body is what the script makes of a variable, or of a file that is not there"
        return http, Unreadable(why), None
    return http, encode_escaped(body), find_line(script.text, body.strip())


READER = Reader("PowerShell command", ("ps1",), looks_like, parse)
