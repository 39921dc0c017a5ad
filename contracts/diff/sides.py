"""An old and a new service side by side: what of them is the same, and where it is."""

from __future__ import annotations

from ..model import local
from ..wsdl.service import Service
from .folding import NameFolding
from .outline import Kind, TextComparison
from .reach import Reach
from .type_matching import TypeMatching


class Sides:
    """Two services that are compared; each part works out most of itself when first asked."""

    def __init__(self, old: Service, new: Service) -> None:
        self.old, self.new = old, new
        self.names = NameFolding(old, new)
        self.text = TextComparison(old, new, self.names)
        self.matching = TypeMatching(old.schema, new.schema, self.names)
        self.reach = Reach(old, new, self.names, self.text)

    def is_alike(self, kind: Kind, old: str, new: str) -> bool:
        """Whether both sides declare something in the same words, under one folded name."""
        return self.names.old(old) == self.names.new(new) and self.text.is_alike(kind, local(old))
