"""Hooks that judge what a client sends and is answered: of zeep, requests and httpx.

A broken request does not leave; a broken answer is not decoded. With ``report=`` (any callable that takes a `Verdict`)
both pass, and are told of; with ``raise_failures=True`` an answer with Succeeded=false raises `CallFailed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.lazy import load_lazily

if TYPE_CHECKING:
    from .httpx import judge_client as judge_client
    from .judging import CallFailed as CallFailed
    from .judging import TrafficJudge as TrafficJudge
    from .requests import JudgingAdapter as JudgingAdapter
    from .requests import judge_session as judge_session
    from .zeep import JudgingMixin as JudgingMixin
    from .zeep import JudgingPlugin as JudgingPlugin
    from .zeep import make_async_client as make_async_client
    from .zeep import make_client as make_client

_HOMES = {
    "CallFailed": "judging",
    "JudgingAdapter": "requests",
    "JudgingMixin": "zeep",
    "JudgingPlugin": "zeep",
    "TrafficJudge": "judging",
    "judge_client": "httpx",
    "judge_session": "requests",
    "make_async_client": "zeep",
    "make_client": "zeep",
}
"""Each library is imported by its own hooks alone."""
__all__ = list(_HOMES)
__getattr__ = load_lazily(__name__, _HOMES)
