"""Hooks that judge what a client sends and is answered: of zeep, requests and httpx.

A broken request does not leave; a broken answer is not decoded. With ``report=`` (any callable that takes a `Verdict`)
both pass, and are told of; with ``raise_failures=True`` an answer with Succeeded=false raises `CallFailed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.lazy import load_lazily

if TYPE_CHECKING:
    from .httpx import judge_client
    from .judging import CallFailed, TrafficJudge
    from .requests import JudgingAdapter, judge_session
    from .zeep import JudgingMixin, JudgingPlugin, make_async_client, make_client

__all__ = [
    "CallFailed",
    "JudgingAdapter",
    "JudgingMixin",
    "JudgingPlugin",
    "TrafficJudge",
    "judge_client",
    "judge_session",
    "make_async_client",
    "make_client",
]
__getattr__ = load_lazily(
    __name__,
    {
        "CallFailed": "judging",
        "JudgingAdapter": "requests",
        "JudgingMixin": "zeep",
        "JudgingPlugin": "zeep",
        "TrafficJudge": "judging",
        "judge_client": "httpx",
        "judge_session": "requests",
        "make_async_client": "zeep",
        "make_client": "zeep",
    },
)
"""Each library is imported by its own hooks alone."""
