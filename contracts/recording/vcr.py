"""vcrpy, as this suite uses it: nothing secret is written, what answers a request is told by SOAP's rules, and a
cassette says where it comes from. For pytest-recording, in a conftest:

    def pytest_recording_configure(config, vcr):
        contracts.recording.vcr.register(vcr)
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import thread_time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ..files.writing import write_whole
from .matching import MATCHERS, describe_closest
from .provenance import Provenance, load_yaml
from .redaction import Redactor

if TYPE_CHECKING:
    from vcr import VCR
    from vcr.errors import CannotOverwriteExistingCassetteException
    from vcr.request import Request

    Exchange = tuple[Request, dict[str, Any]]

_PASSES = 2
"""A secret may stand before the place that tells that it is one: the second pass finds it there."""


def vcr_config() -> dict[str, Any]:
    """The options for vcrpy (pytest-recording's fixture of this name) that go with `register`."""
    return {"match_on": list(MATCHERS), "decode_compressed_response": False}


def register(
    vcr: VCR,
    *,
    recorded: Provenance | None = None,
    secrets: Iterable[tuple[str, str]] = (),
    redactor: Redactor | None = None,
) -> None:
    """Sets up a VCR object. It redacts with the redactor given, or with one of its own that knows the ``secrets``.

    ``recorded`` goes into the cassettes that are written from now on; without it they keep the block that they have.
    ``expects`` is kept in any case, unless ``recorded`` has its own.
    """
    known = redactor or Redactor(secrets)
    for name, matcher in MATCHERS.items():
        vcr.register_matcher(name, matcher)
    vcr.match_on = tuple(MATCHERS)

    def redact_request(request: Request) -> Request:
        with known.time_message():
            return _redact_request(known, _redact_request(known, request))

    def redact_response(response: dict[str, Any]) -> dict[str, Any]:
        with known.time_message():
            return _redact_response(known, _redact_response(known, response))

    vcr.before_record_request, vcr.before_record_response = redact_request, redact_response
    vcr.register_persister(RedactingPersister(vcr.persister, known, recorded))


def _redact_request(redactor: Redactor, request: Request) -> Request:
    from vcr.request import Request
    from vcr.util import read_body

    given = read_body(request)
    body: bytes | None = given.encode() if isinstance(given, str) else given
    uri, headers = redactor.redact_uri(request.uri), dict(request.headers)
    body, headers = redactor.redact_packed(body, headers) if body else (body, redactor.redact_headers(headers))
    return Request(request.method, uri, body, headers)


def _redact_response(redactor: Redactor, response: dict[str, Any]) -> dict[str, Any]:
    """``response``: vcrpy's ``status``, ``headers``, ``body: {string}``, and perhaps ``url``."""
    held = response.get("body")
    given = (held.get("string") if isinstance(held, dict) else held) or b""
    body, headers = redactor.redact_packed(
        given.encode() if isinstance(given, str) else given, response.get("headers") or {}
    )
    changed = response | {"headers": headers, "body": {**held, "string": body} if isinstance(held, dict) else body}
    status, url = response.get("status"), response.get("url")
    if isinstance(status, dict) and isinstance(status.get("message"), str):
        changed["status"] = {**status, "message": redactor.redact_text(status["message"])}
    if isinstance(url, str):
        changed["url"] = redactor.redact_uri(url)
    return changed


def redact_exchanges(redactor: Redactor, exchanges: Iterable[Exchange]) -> list[Exchange]:
    """All of a recording: a secret that only a later message tells is one in the earlier ones as well."""
    redacted = list(exchanges)
    spent = [0.0] * len(redacted)
    for _ in range(_PASSES):
        for number, (request, response) in enumerate(redacted):
            began = thread_time() - spent[number]
            with redactor.time_message(spent[number]):
                redacted[number] = _redact_request(redactor, request), _redact_response(redactor, response)
            spent[number] = thread_time() - began
    return redacted


def explain_mismatch(error: CannotOverwriteExistingCassetteException) -> str:
    """One line, without secrets, on why no recorded interaction answers a request."""
    cassette = error.cassette
    request = cassette.filter_request(error.failed_request)
    asked = f"{request.method} {request.uri}"
    return f"{cassette.path}: no recorded interaction answers {asked}: {describe_closest(request, cassette.requests)}"


class RedactingPersister:
    """Writes cassettes. All of a recording is redacted once more, with all its secrets known by then."""

    def __init__(self, inner: Any, redactor: Redactor, recorded: Provenance | None) -> None:
        self._inner = inner
        self._redactor = redactor
        self._recorded = recorded

    def load_cassette(self, cassette_path: str | Path, serializer: Any) -> Any:
        return self._inner.load_cassette(cassette_path, serializer)

    def save_cassette(self, cassette_path: str | Path, cassette_dict: dict[str, Any], serializer: Any) -> None:
        from vcr.serializers import yamlserializer

        path = Path(cassette_path)
        exchanges = zip(cassette_dict["requests"], cassette_dict["responses"], strict=True)
        block = _block_of(path) if path.exists() else {}
        if self._recorded is not None:
            block = {"expects": block["expects"]} if "expects" in block else {}
            block |= self._recorded.as_dict()
        document = build_document(exchanges, self._redactor, block)
        write_whole(path, dump_yaml(document) if serializer is yamlserializer else serializer.serialize(document))


def _block_of(path: Path) -> dict[str, Any]:
    document = load_yaml(path)
    block = document.get("recorded") if isinstance(document, dict) else None
    return block if isinstance(block, dict) else {}


def build_document(exchanges: Iterable[Exchange], redactor: Redactor, block: dict[str, Any]) -> dict[str, Any]:
    """The document of a cassette: the exchanges redacted, and the ``recorded:`` block where there is one."""
    from vcr.serialize import serialize

    redacted = redact_exchanges(redactor, exchanges)
    cassette = {"requests": [request for request, _ in redacted], "responses": [response for _, response in redacted]}
    document: dict[str, Any] = serialize(cassette, SimpleNamespace(serialize=dict))  # not yet text
    return document | ({"recorded": block} if block else {})


def dump_yaml(document: dict[str, Any]) -> str:
    """A cassette as YAML, in ASCII: bodies of several lines as blocks, so that their lines are lines of the file."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # which of them, is known at run time
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def represent_text(dumper: Any, value: str) -> Any:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, represent_text)
    dumped: str = yaml.dump(document, Dumper=Dumper, width=2**31 - 1, sort_keys=True)
    return dumped
