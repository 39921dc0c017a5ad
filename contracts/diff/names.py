"""Names of both sides made comparable: the version in a namespace folded, moved namespaces found."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model import local, namespace
from ..wsdl.service import Service

_VERSION = re.compile(r"Services\d+")


def folded(text: str, version: str) -> str:
    """A namespace, action or path without the version: its segment ``Services85`` becomes ``*``."""
    if not _VERSION.fullmatch(version) or version not in text:
        return text
    return re.sub(rf"(?<![^/]){version}(?![^/])", "*", text)


class Names:
    """Folds the Clark names of an old and a new service into one space.

    ``moved`` are the namespaces that are not the same even without the version, yet hold the same names: new -> old.
    """

    def __init__(self, old: Service, new: Service) -> None:
        before, after = _spaces(old), _spaces(new)
        gone = {space: names for space, names in before.items() if space not in after}
        come = {space: names for space, names in after.items() if space not in before}
        self.moved: dict[str, str] = {}
        for space, names in come.items():
            best = max(gone, key=lambda old_space: len(gone[old_space] & names), default=None)
            if best is not None and gone[best] & names:
                self.moved[space] = best
                del gone[best]
        if _is_rpc(old) and _is_rpc(new) and not self.moved:  # rpc wraps its message in an element of this namespace
            first, second = folded(old.namespace, old.version), folded(new.namespace, new.version)
            if first != second:
                self.moved[second] = first
        self.old = _Folding(old.version, {})
        self.new = _Folding(new.version, self.moved)
        self._targets = (old.namespace, new.namespace)

    def action(self, action: str, side: int) -> str:
        """An action of the old (0) or new (1) side, to be compared with one of the other."""
        fold = (self.old, self.new)[side]
        target = self._targets[side]
        if action.startswith(target) and target:
            return fold.space(target) + action[len(target) :]
        return fold.space(action)


class _Folding:
    """Clark name -> folded Clark name, remembered."""

    def __init__(self, version: str, moved: dict[str, str]) -> None:
        self._version, self._moved = version, moved
        self._known: dict[str, str] = {}
        self._spaces: dict[str, str] = {}

    def space(self, uri: str) -> str:
        found = self._spaces.get(uri)
        if found is None:
            plain = folded(uri, self._version)
            found = self._spaces[uri] = self._moved.get(plain, plain)
        return found

    def __call__(self, name: str) -> str:
        found = self._known.get(name)
        if found is None:
            found = f"{{{self.space(namespace(name))}}}{name.rpartition('}')[2]}" if name.startswith("{") else name
            self._known[name] = found
        return found


def _spaces(service: Service) -> dict[str, set[str]]:
    table: dict[str, set[str]] = {}
    names: Iterable[Iterable[str]] = (service.schema.type_names(), service.schema.element_names())
    for kind in names:
        for name in kind:
            table.setdefault(namespace(name), set()).add(local(name))
    merged: dict[str, set[str]] = {}
    for space, found in table.items():
        merged.setdefault(folded(space, service.version), set()).update(found)
    return merged


def _is_rpc(service: Service) -> bool:
    return service.binding.style == "rpc"
