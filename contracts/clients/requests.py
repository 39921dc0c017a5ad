"""requests, judged: a session of your own, with the adapters that it has.

session = judge_session(requests.Session(), contracts.load())
session.post(url, data=envelope, headers=...)       # ContractBroken, and nothing is sent, if it breaks the contract
"""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from ..contract import Contract
from .judging import TrafficJudge, collect_body, is_soap


class JudgingAdapter(BaseAdapter):
    """Judges what passes on its way through ``inner``, the adapter that sends (requests' own by default)."""

    def __init__(self, judge: TrafficJudge, inner: BaseAdapter | None = None) -> None:
        super().__init__()
        self.judge = judge
        self.inner = inner or HTTPAdapter()

    def send(self, request: requests.PreparedRequest, *given: Any, **options: Any) -> requests.Response:
        __tracebackhide__ = True
        url, fields = request.url or "", request.headers
        if request.body is not None and is_soap(url, fields):
            request.body = collect_body(request.body)  # a stream is sent from what was judged
        asked = self.judge.judge_request(request.method or "", url, fields, request.body)
        response = self.inner.send(request, *given, **options)
        if asked is not None:
            self.judge.judge_answer(asked, response.status_code, response.reason, response.headers, response.content)
        return response

    def close(self) -> None:
        self.inner.close()


def judge_session(session: requests.Session, contract: Contract, **options: Any) -> requests.Session:
    """The session, whose messages are judged from now on; ``options`` are those of `TrafficJudge`."""
    judge = TrafficJudge(contract, **options)
    for prefix, adapter in list(session.adapters.items()):
        session.mount(prefix, JudgingAdapter(judge, adapter))
    return session
