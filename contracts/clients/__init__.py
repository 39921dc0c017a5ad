"""Hooks that judge what a client sends and is answered: `zeep`, `requests`, `httpx`, a module each.

A broken request does not leave; a broken answer is not decoded. With ``report=`` (any callable that takes a `Verdict`)
both pass, and are told of; with ``raise_failures=True`` an answer with Succeeded=false raises `CallFailed`.
"""
