"""The services of an old and a new document side by side: what of them is the same, and where it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

from ..model import local
from .folding import NameFolding, ServicePair
from .outline import Kind, TextComparison
from .reach import Reach
from .type_matching import TypeMatching


class Sides:
    """Services that are compared, which share the schemas of each side: of all of them each type is read once.

    Each part works out most of itself when first asked.
    """

    def __init__(self, pairs: Sequence[ServicePair]) -> None:
        old, new = pairs[0]
        self.schemas = old.schema, new.schema
        self.names = NameFolding(old, new)
        self.text = TextComparison(pairs, self.names)
        self.matching = TypeMatching(*self.schemas, self.names)
        self.reach = Reach(pairs, self.names, self.text)

    def is_alike(self, kind: Kind, old: str, new: str) -> bool:
        """Whether both sides declare something in the same words, under one folded name."""
        return self.names.old(old) == self.names.new(new) and self.text.is_alike(kind, local(old))

    @cached_property
    def affected_operations(self) -> set[str]:
        """The names of the operations that are not alike, or what their messages are made of is not."""
        types = self.text.list_differing("type")
        declared = chain.from_iterable(schema.declarations.elements.items() for schema in self.schemas)
        of_types = {local(name) for name, node in declared if node.get("type", "").rpartition(":")[2] in types}
        elements = self.text.list_differing("element") | of_types
        return self.text.differing_operations.union(*map(self.text.users, elements))
