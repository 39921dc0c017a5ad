"""The errors that a caller sees, each one clear line."""

from __future__ import annotations


class ContractsError(Exception):
    """Something that cannot be used (a file, a URL, an option): one clear line that names it, exit status 2."""


class UnreadableContract(ContractsError):
    """A WSDL, folder, zip or URL from which no contract could be read."""
