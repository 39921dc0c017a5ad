"""XML names and the namespaces of the field, each told once."""

from __future__ import annotations


def local(name: str) -> str:
    """``{namespace}local`` -> ``local``."""
    return name.rpartition("}")[2]


def namespace(name: str) -> str:
    """``{namespace}local`` -> ``namespace``; empty where the name is in none."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def is_anonymous(type_name: str) -> bool:
    """Whether a type has no name of its own, but one that was made up for it (see `Element`)."""
    plain = local(type_name)
    return plain.startswith("#") or "/" in plain
