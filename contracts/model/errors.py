"""The errors that a caller sees, each one clear line."""

from __future__ import annotations

from .wording import cut_words


class ContractsError(Exception):
    """Something that cannot be used (a file, a URL, an option): one clear line that names it, exit status 2."""

    def __str__(self) -> str:
        return cut_words(super().__str__())


class UnreadableContract(ContractsError):
    """A WSDL, folder, zip or URL from which no contract could be read."""
