"""YAML as tools store it, within bounds, and where in the file its texts stand."""

from __future__ import annotations

from functools import cache
from typing import Any

from ..files.limits import Unreadable

_MAX_NODES = 200_000
_MAX_BITS = 10_000
_MAX_DEPTH = 64
_MAX_ALIASES = 100
_TAG = "tag:yaml.org,2002:"


class LocatedText(str):
    """A text of the file. ``line``: where it begins, if each of its lines is a line of the file, or if it has one."""

    line: int | None = None


def load_yaml(data: bytes) -> Any:
    """The document. Raises Unreadable for one that is not well-formed, or costs more than it may."""
    import yaml

    loader = _locating_loader()
    try:
        _refuse_costly(yaml.parse(data, Loader=loader))
        return yaml.load(data, Loader=loader)
    except yaml.YAMLError as bad:
        mark = getattr(bad, "problem_mark", None)
        where = f" on line {mark.line + 1}" if mark else ""
        what = getattr(bad, "problem", None) or getattr(bad, "reason", None) or "unreadable"
        raise Unreadable(f"not well-formed YAML{where}: {what}") from None
    except (ValueError, OverflowError, TypeError, KeyError, MemoryError) as bad:
        raise Unreadable(f"a value that YAML cannot hold: {bad}") from None


@cache
def _locating_loader() -> Any:
    def construct_text(loader: Any, node: Any) -> LocatedText:
        text = LocatedText(loader.construct_scalar(node))
        if node.style == "|":
            text.line = node.start_mark.line + 2  # the content begins after the line with the bar
        elif "\n" not in text.strip():
            text.line = node.start_mark.line + 1
        return text

    def construct_int(loader: Any, node: Any) -> int:
        value: int = loader.construct_yaml_int(node)
        if value.bit_length() > _MAX_BITS:  # a decimal one is refused by Python; not 0xFFF…, and 59:59:59:…
            raise ValueError("a number of thousands of digits")
        return value

    class Loader(cassette_loader()):  # type: ignore[misc]  # known at run time only
        pass

    Loader.add_constructor(f"{_TAG}int", construct_int)
    for tag in ("str", "python/str", "python/unicode"):
        Loader.add_constructor(_TAG + tag, construct_text)
    return Loader


@cache
def cassette_loader() -> Any:
    """A safe YAML loader that reads vcrpy's own five tags of Python objects as the data that they hold.

    No constructor of a cassette's choosing is ever called; any other tag of the kind is refused.
    """
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # known at run time only
        pass

    def read_object(loader: Any, node: Any) -> bytes:
        """A body that was a file (its ``state``) or a generator (its ``args``): its first member is the content."""
        held = loader.construct_mapping(node, deep=True)
        content = (held.get("state") if node.tag.endswith("BytesIO") else held.get("args")) or [b""]
        pieces = content[0] if isinstance(content[0], list) else [content[0]]
        return b"".join(piece.encode() if isinstance(piece, str) else memoryview(piece) for piece in pieces)

    for tag, construct in (
        ("str", Loader.construct_scalar),
        ("unicode", Loader.construct_scalar),
        ("tuple", lambda loader, node: loader.construct_sequence(node, deep=True)),
        ("object/new:_io.BytesIO", read_object),
        ("object/apply:builtins.iter", read_object),
    ):
        Loader.add_constructor(f"{_TAG}python/{tag}", construct)
    return Loader


def _refuse_costly(events: Any) -> None:
    """Refuses what would cost more than the file's size lets expect, before anything is built from it."""
    import yaml

    depth = aliases = 0
    for nodes, event in enumerate(events):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        elif isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
            raise Unreadable("a YAML merge key (<<): no cassette has one")
        if nodes > _MAX_NODES:
            raise Unreadable(f"more than {_MAX_NODES} YAML nodes: no cassette")
        if depth > _MAX_DEPTH:
            raise Unreadable(f"YAML nested deeper than {_MAX_DEPTH}: no cassette")
        if aliases > _MAX_ALIASES:
            raise Unreadable(f"more than {_MAX_ALIASES} YAML aliases: no cassette")
