"""A message recorded on one version, carried over to the namespace and the actions of another."""

from __future__ import annotations

import re

from ..files.prolog import find_wide_charset
from ..model import DIRECTIONS
from ..wsdl.service import Service

_TOKENS = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>", re.DOTALL
)
_DECLARED = re.compile(r"((?<=\s)xmlns(?::[^\s=]+)?\s*=\s*[\"'])([^\"']*)")
_ADDRESSED = re.compile(r"</(?:[^\s<>:]+:)?(?:Action|To)\s*>")


def rebase_message(data: bytes, old: Service, new: Service) -> bytes:
    """An envelope, a SOAPAction or an endpoint of ``old`` as one of ``new``: the same bytes but for the version.

    Namespaces are replaced where they are declared, actions and endpoints where WS-Addressing's headers hold them;
    values are left alone, whatever they say. What is in no encoding that an envelope may have comes back as it is.
    """
    encoding = _find_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return data
    over = _Rebasing(old, new)
    is_xml = text.lstrip("\ufeff \t\r\n").startswith("<")
    return (over.envelope(text) if is_xml else over.address(text)).encode(encoding)


class _Rebasing:
    def __init__(self, old: Service, new: Service) -> None:
        self._spaces = (old.namespace, new.namespace)
        self._versions = (old.version, new.version)
        self._actions: dict[str, str] = {}
        for name in (n for n in old.operations if n in new.operations):
            sides = ((o, *(o.message(d) for d in DIRECTIONS)) for o in (old.operations[name], new.operations[name]))
            pairs = [(was.action, now.action) for was, now in zip(*sides, strict=True) if was and now]
            self._actions |= {was: now for was, now in reversed(pairs) if was and now}

    def envelope(self, text: str) -> str:
        out, at = [], 0
        for token in _TOKENS.finditer(text):
            between = text[at : token.start()]
            out.append(self.address(between) if between and _ADDRESSED.fullmatch(token[0]) else between)
            is_tag = not token[0].startswith(("<!", "<?"))
            out.append(_DECLARED.sub(lambda m: m[1] + self._move_space(m[2]), token[0]) if is_tag else token[0])
            at = token.end()
        return "".join((*out, text[at:]))

    def address(self, text: str) -> str:
        """An action, an endpoint; quotes and space around it stay."""
        plain = text.strip("\"' \t\r\n")
        moved = self._actions.get(plain) or self._move_space(plain)
        if plain in self._actions or moved != plain:
            return text.replace(plain, moved)
        old, new = self._versions
        return re.sub(rf"(?<=/){re.escape(old)}(?=/)", lambda _: new, text)

    def _move_space(self, uri: str) -> str:
        """A namespace of the old version, or one below it, as the new version's."""
        old, new = self._spaces
        return new + uri[len(old) :] if uri == old or uri.startswith(f"{old}/") else uri


def _find_encoding(data: bytes) -> str:
    """The encoding in which all of the bytes survive a way there and back."""
    if wide := find_wide_charset(data):
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"  # whatever it is, its markup is ASCII, and no byte is lost
    return "utf-8"
