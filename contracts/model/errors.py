"""The errors that a caller sees, each one clear line."""

from __future__ import annotations

from .urls import hide_in_urls
from .wording import cut_words


class ContractsError(Exception):
    """Something that cannot be used (a file, a URL, an option): one clear line that names it, exit status 2.

    Of the URLs in it only what may be said of them: tests, logs and tracebacks print it as it is.
    """

    def __init__(self, text: str) -> None:
        super().__init__(hide_in_urls(text))

    def __str__(self) -> str:
        return cut_words(super().__str__())


class UnreadableContract(ContractsError):
    """A WSDL, folder, zip or URL from which no contract could be read."""
