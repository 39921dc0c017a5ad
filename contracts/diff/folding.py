"""Names of both sides made comparable: the version in a namespace folded, moved namespaces found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lxml import etree

from ..model import local, namespace
from ..model.names import XSD
from ..wsdl.service import Service

ServicePair = tuple[Service, Service]
"""An old and a new one, of the same agent."""
ActionFolding = tuple[Callable[[str], str], Callable[[str], str]]
"""What makes the actions of an old and a new service comparable."""

_NUMBERED = re.compile(r"Services\d+")
_WITH_ELEMENTS = (f"{{{XSD}}}element", f"{{{XSD}}}complexType")


def is_numbered(version: str) -> bool:
    """Whether it is one of SuperOffice's, ``Services85``; other services have a version of their own each."""
    return _NUMBERED.fullmatch(version) is not None


def fold_version(text: str, version: str) -> str:
    """A namespace, action or path without the version: its segment ``Services85`` becomes ``*``."""
    if version not in text or not is_numbered(version):
        return text
    return re.sub(rf"(?<![^/]){version}(?![^/])", "*", text)


def find_moved_wrappers(old: Service, new: Service) -> tuple[str, str] | None:
    """The namespaces of the elements in which rpc wraps its messages, where they differ: no schema need have them."""
    if not old.binding.style == new.binding.style == "rpc":
        return None
    first, second = fold_version(old.namespace, old.version), fold_version(new.namespace, new.version)
    return None if first == second else (first, second)


class NameFolding:
    """Folds the Clark names of an old and a new service into one space.

    ``moved`` are the namespaces that are not the same even without the version, yet hold the same names: new -> old.
    """

    def __init__(self, old: Service, new: Service) -> None:
        before, after = _schemas_by_namespace(old), _schemas_by_namespace(new)
        gone = {space: _list_names(schemas) for space, schemas in before.items() if space not in after}
        come = {space: _list_names(schemas) for space, schemas in after.items() if space not in before}
        self.moved: dict[str, str] = {}
        for space, names in come.items():
            best = max(gone, key=lambda old_space: len(gone[old_space] & names), default=None)
            if best is not None and gone[best] & names:
                self.moved[space] = best
                del gone[best]
        if (wrappers := find_moved_wrappers(old, new)) and not self.moved:
            first, second = wrappers
            self.moved[second] = first
        self.old = _NameFolding(old.version, {})
        self.new = _NameFolding(new.version, self.moved)


class _NameFolding:
    """Folds the Clark names of one side; remembers them, as each is asked for often."""

    def __init__(self, version: str, moved: dict[str, str]) -> None:
        self._version, self._moved = version, moved
        self._names: dict[str, str] = {}
        self._spaces: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        found = self._names.get(name)
        if found is None:
            found = f"{{{self._fold_space(namespace(name))}}}{local(name)}" if name.startswith("{") else name
            self._names[name] = found
        return found

    def action(self, target: str, action: str) -> str:
        """An action of a service of this side, which has that namespace, to be compared with one of the other."""
        if target and action.startswith(target):
            return self._fold_space(target) + action[len(target) :]
        return self._fold_space(action)

    def _fold_space(self, uri: str) -> str:
        found = self._spaces.get(uri)
        if found is None:
            plain = fold_version(uri, self._version)
            found = self._spaces[uri] = self._moved.get(plain, plain)
        return found


def _schemas_by_namespace(service: Service) -> dict[str, list[etree._Element]]:
    """The schemas with elements, or types with elements in them, by their namespace, the version in it folded.

    A simple type's namespace is no part of a message's elements: where such a one moved, that is told of it alone.
    """
    found: dict[str, list[etree._Element]] = {}
    for root in service.schema.roots:
        if next(root.iterchildren(*_WITH_ELEMENTS), None) is not None:
            space = fold_version(root.get("targetNamespace", ""), service.version)
            found.setdefault(space, []).append(root)
    return found


def _list_names(schemas: Iterable[etree._Element]) -> set[str]:
    return {node.get("name", "") for root in schemas for node in root.iterchildren(*_WITH_ELEMENTS)}
