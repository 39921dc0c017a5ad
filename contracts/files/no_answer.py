"""Why the web gave no answer, in words: told of a tenant, and of whatever else is fetched."""

from __future__ import annotations

from typing import Any


class NoAnswer(Exception):
    """No answer. ``again``: it may be tried again; ``unsent``: the request has certainly not left."""

    def __init__(self, text: str, *, again: bool = True, unsent: bool = False) -> None:
        super().__init__(text)
        self.again, self.unsent = again, unsent


def explain_failure(error: Exception, seconds: float) -> NoAnswer:
    """What an error of requests or urllib3 means; its own text is left out, as it quotes URLs."""
    from requests import exceptions as outer
    from urllib3 import exceptions as inner

    cause: Any = error.args[0] if error.args else None
    cause = getattr(cause, "reason", None) or cause
    no_proxy = "the proxy of this machine's environment (HTTPS_PROXY …) lets nothing through"
    too_slow = f"no complete answer within {seconds:g} s"
    rows: Any = (  # kinds, text, again, unsent
        ((outer.SSLError,), "its certificate is not trusted, or it speaks no TLS", False, False),
        ((outer.ConnectTimeout,), f"no connection within {seconds:g} s", True, True),
        ((outer.Timeout, inner.ReadTimeoutError, TimeoutError), too_slow, False, False),
        ((inner.ProxyError,), no_proxy, True, True),
        ((inner.NameResolutionError,), "there is no such host", True, True),
        ((inner.NewConnectionError,), "it cannot be connected to", True, True),
        ((outer.ConnectionError, outer.ChunkedEncodingError), "the connection broke off", True, False),
    )
    for kinds, text, again, unsent in rows:
        if isinstance(error, kinds) or isinstance(cause, kinds):
            return NoAnswer(text, again=again, unsent=unsent)
    return NoAnswer(f"no HTTP answer that could be read ({type(error).__name__})", again=False)
