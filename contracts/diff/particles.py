"""How sequences, choices and wildcards nest in a type that is not one plain sequence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from lxml import etree

from ..model import XSD
from ..xsd.schema import Schema

Relation = Literal["same", "narrowed", "widened", "changed"]
"""How what one side allows stands to what the other does."""

_XS = f"{{{XSD}}}"
_SIGNS = {"sequence": ", ", "choice": " | ", "all": " & "}
_TIMES = {("1", "1"): "", ("0", "1"): "?", ("0", "unbounded"): "*", ("1", "unbounded"): "+"}
_MORE_OFTEN = {("", "?"), ("", "+"), ("", "*"), ("?", "*"), ("+", "*")}
_EXTRAS = ("any?", "any*", "anyAttribute", "text")
"""What may be there and need not."""


@dataclass(frozen=True, slots=True)
class Group:
    """A sequence, a choice or an all of members (by local name), wildcards (``any``) and groups."""

    kind: str
    times: str
    inside: tuple[Group | str, ...]

    def __str__(self) -> str:
        return f"({_SIGNS[self.kind].join(map(str, self.inside))}){self.times}"


def groups_of(schema: Schema, name: str, keep: set[str]) -> Group:
    """The content of a type itself (not of its base) as far as it is about the members of ``keep``, and wildcards."""
    node = schema.node(name)
    inside: list[Group | str] = []
    if node is not None:
        holder = next(node.iter(f"{_XS}extension", f"{_XS}restriction"), node)
        inside = _read_particles(schema, holder, keep, ())
        mixed = (node, *node.iterchildren(f"{_XS}complexContent"))
        if node.find(f"{_XS}simpleContent") is None and any(n.get("mixed") in ("true", "1") for n in mixed):
            inside.append("text")
    whole = _shorten_group("sequence", "", inside)
    return whole[0] if whole and isinstance(whole[0], Group) else Group("sequence", "", tuple(whole))


def fixed_order(group: Group | str) -> list[str]:
    """The members whose order the group fixes: those of a choice or an all come in any."""
    if isinstance(group, str):
        return [group]
    return [name for child in group.inside for name in fixed_order(child)] if group.kind == "sequence" else []


def unordered(group: Group | str) -> str:
    """The group as text that does not depend on the order of what is in it."""
    if isinstance(group, str):
        return group
    return f"{group.kind}({' '.join(sorted(map(unordered, group.inside)))}){group.times}"


def relate_groups(old: Group, new: Group) -> Relation:
    """How what one allows stands to what another does; "changed" where that is not plain to see."""
    if unordered(old) == unordered(new):
        return "same"
    return "widened" if _takes(new, old) else "narrowed" if _takes(old, new) else "changed"


def _takes(wide: Group | str, narrow: Group | str) -> bool:
    """Whether one plainly allows all that the other does: in any order, more often, or with extras."""
    if unordered(wide) == unordered(narrow):
        return True
    if isinstance(wide, str):
        return False
    if isinstance(narrow, str):
        narrow = Group("sequence", "", (narrow,))
    if wide.times:
        is_more = narrow.times == wide.times or (narrow.times, wide.times) in _MORE_OFTEN
        return is_more and _takes(replace(wide, times=""), replace(narrow, times=""))
    kind = "" if narrow.times else narrow.kind
    if wide.kind == "all":
        return kind == "sequence" and unordered(replace(narrow, kind="all")) == unordered(wide)
    inside = narrow.inside if kind == wide.kind else (narrow,)
    needed = [one for one in wide.inside if wide.kind == "choice" or one not in _EXTRAS or one in inside]
    return len(needed) == len(inside) and all(map(_takes, needed, inside))


def union_of(schema: Schema, name: str) -> list[str]:
    """The types a union allows, by local name; empty for what is none."""
    node = schema.node(name)
    found = None if node is None else node.find(f"{_XS}union")
    if found is None:
        return []
    inline = ["a type of its own" for _ in found.iterchildren(f"{_XS}simpleType")]
    return sorted(said.rpartition(":")[2] for said in found.get("memberTypes", "").split()) + inline


def _read_particles(
    schema: Schema, holder: etree._Element, keep: set[str], entered: tuple[str, ...]
) -> list[Group | str]:
    """What is in a sequence, a choice, a group …; ``entered`` are the groups it is in, as one may refer to itself."""
    found: list[Group | str] = []
    for node in holder.iterchildren(tag=etree.Element):
        tag = node.tag.removeprefix(_XS)
        reference = node.get("ref", "")
        if tag == "element":
            name = node.get("name") or reference.rpartition(":")[2]
            found += [name] if name in keep else []
        elif tag in ("any", "anyAttribute"):
            found.append(f"{tag}{_describe_bounds(node)}")
        elif tag in _SIGNS:
            found += _shorten_group(tag, _describe_bounds(node), _read_particles(schema, node, keep, entered))
        elif tag == "group" and reference not in entered and (shared := schema.declarations.follow(node)) is not None:
            inside = _read_particles(schema, shared, keep, (*entered, reference))
            found += _shorten_group("sequence", _describe_bounds(node), inside)
    return found


def _shorten_group(kind: str, times: str, inside: list[Group | str]) -> list[Group | str]:
    """The group in its shortest form: one that holds nothing is none, one that holds one thing once is that."""
    flat: list[Group | str] = []
    for child in inside:
        is_same = isinstance(child, Group) and child.kind == kind and not child.times and kind != "all"
        flat += child.inside if is_same and isinstance(child, Group) else (child,)
    return flat if not flat or (len(flat) == 1 and not times) else [Group(kind, times, tuple(flat))]


def _describe_bounds(node: etree._Element) -> str:
    bounds = (node.get("minOccurs", "1"), node.get("maxOccurs", "1"))
    return _TIMES.get(bounds, f"{{{bounds[0]},{bounds[1]}}}")
