"""vcrpy, as this suite uses it: nothing secret is written, what answers a request is told by SOAP's rules, and a
cassette says where it comes from. For pytest-recording, in a conftest:

    def pytest_recording_configure(config, vcr):
        contracts.recording.vcr.register(vcr)
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .matching import MATCHERS, closest
from .provenance import Recorded
from .redaction import Redactor

if TYPE_CHECKING:
    from vcr import VCR
    from vcr.errors import CannotOverwriteExistingCassetteException
    from vcr.request import Request

_ROUNDS = 2  # a secret may stand before the place that tells it is one


def vcr_config() -> dict[str, Any]:
    """The options for vcrpy (pytest-recording's fixture of this name) that go with `register`."""
    return {"match_on": list(MATCHERS), "decode_compressed_response": False}


def register(
    vcr: VCR,
    *,
    recorded: Recorded | None = None,
    secrets: Iterable[tuple[str, str]] = (),
    redactor: Redactor | None = None,
) -> None:
    """Sets up a VCR object. It redacts with the redactor given, or with one of its own that knows the ``secrets``.

    ``recorded`` goes into the cassettes that are written from now on; without it they keep the block that they have.
    ``expects`` is kept in any case, unless ``recorded`` has its own.
    """
    redactor = redactor or Redactor(secrets)
    for name, matcher in MATCHERS.items():
        vcr.register_matcher(name, matcher)
    vcr.match_on = tuple(MATCHERS)
    vcr.before_record_request = lambda request: redact_request(redactor, request)
    vcr.before_record_response = lambda response: redact_response(redactor, response)
    vcr.register_persister(Persister(vcr.persister, redactor, recorded))


def redact_request(redactor: Redactor, request: Request) -> Request:
    """A request of vcrpy's without secrets."""
    from vcr.request import Request
    from vcr.util import read_body

    given = read_body(request)
    body: bytes | None = given.encode() if isinstance(given, str) else given
    uri, headers = request.uri, dict(request.headers)
    for _ in range(_ROUNDS):
        uri = redactor.uri(uri)
        body, headers = redactor.packed_body(body, headers) if body else (body, redactor.headers(headers))
    return Request(request.method, uri, body, headers)


def redact_response(redactor: Redactor, response: dict[str, Any]) -> dict[str, Any]:
    """A response of vcrpy's (``status``, ``headers``, ``body: {string}``) without secrets."""
    held = response.get("body")
    given = (held.get("string") if isinstance(held, dict) else held) or b""
    body: bytes = given.encode() if isinstance(given, str) else given
    headers: dict[str, Any] = dict(response.get("headers") or {})
    status, url = response.get("status"), response.get("url")
    for _ in range(_ROUNDS):
        body, headers = redactor.packed_body(body, headers)
        if isinstance(status, dict) and isinstance(status.get("message"), str):
            status = {**status, "message": redactor.content(status["message"])}
        url = redactor.uri(url) if isinstance(url, str) else url
    changed = {
        "status": status,
        "headers": headers,
        "body": {**held, "string": body} if isinstance(held, dict) else body,
    }
    return {**response, **changed, **({"url": url} if url is not None else {})}


def redact_exchange(redactor: Redactor, request: Request, response: dict[str, Any]) -> tuple[Request, dict[str, Any]]:
    """Both sides; a secret that only the response tells is one in the request as well."""
    for _ in range(_ROUNDS):
        request, response = redact_request(redactor, request), redact_response(redactor, response)
    return request, response


def explain(error: CannotOverwriteExistingCassetteException) -> str:
    """One line, without secrets, on why no recorded interaction answers a request."""
    cassette = error.cassette
    request = cassette.filter_request(error.failed_request)
    asked = f"{request.method} {request.uri}"
    return f"{cassette.path}: no recorded interaction answers {asked}: {closest(request, cassette.requests)}"


class Persister:
    """Writes cassettes. All of a recording is redacted once more, with all its secrets known by then."""

    def __init__(self, inner: Any, redactor: Redactor, recorded: Recorded | None) -> None:
        self._inner = inner
        self._redactor = redactor
        self._recorded = recorded

    def load_cassette(self, cassette_path: str | Path, serializer: Any) -> Any:
        return self._inner.load_cassette(cassette_path, serializer)

    def save_cassette(self, cassette_path: str | Path, cassette_dict: dict[str, Any], serializer: Any) -> None:
        from vcr.serialize import serialize
        from vcr.serializers import yamlserializer

        path = Path(cassette_path)
        requests, responses = cassette_dict["requests"], cassette_dict["responses"]
        for _ in range(_ROUNDS):
            pairs = [redact_exchange(self._redactor, *pair) for pair in zip(requests, responses, strict=True)]
            requests, responses = [one for one, _ in pairs], [one for _, one in pairs]
        document: dict[str, Any] = serialize({**cassette_dict, "requests": requests, "responses": responses}, _AsItIs)
        if block := self._block(path):
            document["recorded"] = block
        text = dump(document) if serializer is yamlserializer else serializer.serialize(document)
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)

    def _block(self, path: Path) -> dict[str, Any]:
        import yaml

        try:
            before = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except OSError:
            before = None
        kept = before.get("recorded") if isinstance(before, dict) else None
        block: dict[str, Any] = kept if isinstance(kept, dict) else {}
        if self._recorded is None:
            return block
        expects = {"expects": block["expects"]} if "expects" in block else {}
        return {**expects, **self._recorded.as_dict()}


class _AsItIs:
    """In the place of a serializer: vcrpy's document, not yet text."""

    @staticmethod
    def serialize(document: dict[str, Any]) -> dict[str, Any]:
        return document


def dump(document: dict[str, Any]) -> str:
    """A cassette as YAML, in ASCII: bodies of several lines as blocks, so that their lines are lines of the file."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # which of them, is known at run time
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Any, value: str) -> Any:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    dumped: str = yaml.dump(document, Dumper=Dumper, width=2**31 - 1, sort_keys=True)
    return dumped


def _replace(path: Path, text: str) -> None:
    """Writes the file as a whole or not at all."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(text, encoding="utf-8", newline="\n")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
