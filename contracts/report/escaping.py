"""What a reader of reports would take for its own commands or markup is shown as it is."""

from __future__ import annotations

import re

from lxml import etree

_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def escape_command(text: str) -> str:
    """The message of a GitHub workflow command, which is one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(value: str) -> str:
    """A property of a GitHub workflow command, such as a file's name."""
    shown = "".join(c if c.isprintable() or c in "\r\n" else _REPLACEMENT for c in value)
    return escape_command(shown).replace(":", "%3A").replace(",", "%2C")


def escape_cell(text: str) -> str:
    """Text of a Markdown table: one line, without what Markdown or HTML would take for markup."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace("\\", "\\\\")
    for sign in "|*_`[]":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def quote_code(text: str) -> str:
    """Text of a Markdown table as code, which has no escapes: with a backtick in it, it is plain text."""
    plain = " ".join(text.split())
    return f"`{plain}`".replace("|", "\\|") if plain and "`" not in plain else escape_cell(plain)


def drop_controls(text: str) -> str:
    """Text of an XML document: without the characters that XML does not have."""
    return "".join(
        c if c in "\t\n" or 0x20 <= ord(c) < 0xD800 or 0xE000 <= ord(c) < 0xFFFE or ord(c) > 0xFFFF else _REPLACEMENT
        for c in text
    )


def write_xml(root: etree._Element) -> str:
    """The document, with its declaration; what nobody sees is written by its number."""
    text = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8").decode("utf-8").rstrip()
    return _BEYOND_ASCII.sub(lambda found: "".join(map(_write_character, found[0])), text)


def _write_character(character: str) -> str:
    return character if character.isprintable() else f"&#x{ord(character):x};"
