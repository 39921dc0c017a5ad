"""An old and a new service side by side: what of them is the same, and where it is."""

from __future__ import annotations

from typing import Literal

from ..model import local
from ..wsdl.service import Service
from .folding import NameFolding
from .outline import TextComparison
from .reach import MessageId, Reach
from .type_matching import TypeMatching


class Sides:
    """Two services that are compared; each part works out most of itself when first asked."""

    def __init__(self, old: Service, new: Service) -> None:
        self.old, self.new = old, new
        self.names = NameFolding(old, new)
        self.text = TextComparison(old, new, self.names)
        self.matching = TypeMatching(old.schema, new.schema, self.names)
        self.reach = Reach(old, self.text.users), Reach(new, self.text.users)

    def is_alike(self, kind: Literal["element", "type"], old: str, new: str) -> bool:
        """Whether both sides declare something in the same words, under one folded name."""
        return self.names.old(old) == self.names.new(new) and self.text.is_alike(kind, local(old))

    def messages_with(self, old: str, new: str, without: tuple[frozenset[str], ...] = ()) -> frozenset[MessageId]:
        """The messages that hold an old type on the old side and a new one on the new; ``without`` heirs of each."""
        excepted = without or (frozenset(), frozenset())
        return self.reach[0].messages_with(old, excepted[0]) & self.reach[1].messages_with(new, excepted[1])
