"""What is said of URLs, in errors too: without who is named in them, and what is asked."""

from __future__ import annotations

import pytest

import contracts
from contracts.model.urls import hide_in_urls
from contracts.wsdl.load import DATA
from tests.helpers.cost import within
from tests.helpers.loopback import running

# a URL, and what is said of it
SHOWN = [
    ("http://joe:hunter2@x.example/a.wsdl?token=hunter2#hunter2", "http://x.example/a.wsdl?…"),
    ("HTTPS://hunter2@x.example:8443/", "https://x.example:8443/"),
    ("ftp://joe:hunter2@x.example/a", "ftp://x.example/a"),
    ("http://joe:(hunter2,hunter2;'@x.example/", "http://x.example/"),
    ("http://joe:a@hunter2@x.example/", "http://x.example/"),
    ("http://joe:a/hunter2@x.example/", "http://…"),
    ("http://x.example/a@b", "http://x.example/a@b"),
    ("http://[::1]:80/a", "http://[::1]:80/a"),
    ("C:/a.wsdl", "C:/a.wsdl"),
]


@pytest.mark.parametrize(("url", "shown"), SHOWN)
def test_what_is_shown_of_a_url_within_a_text(url: str, shown: str) -> None:
    assert hide_in_urls(f"not read: {url}: no file") == f"not read: {shown}: no file"
    assert str(contracts.ContractsError(f"{url}: no file")) == f"{shown}: no file"


@pytest.mark.parametrize("hostile", ["a", "a://", "http://a:", "://@", "http://a@", "a+"])
def test_looking_for_urls_is_linear(hostile: str) -> None:
    with within(1):
        hide_in_urls(hostile * 100_000)


def test_neither_an_error_nor_a_repr_shows_whom_a_url_names() -> None:
    with running() as site:
        site.add("/a.wsdl", (DATA / "Services85" / "Batch" / "service.wsdl").read_bytes())
        site.add("/broken.wsdl", "<a>")
        named = site.url.replace("://", "://joe:hunter2@")
        contract = contracts.load(f"{named}/a.wsdl")
        assert "hunter2" not in repr([contract, *contract.services])
        for page in ("broken", "missing"):
            with pytest.raises(contracts.ContractsError) as caught:
                contracts.load(f"{named}/{page}.wsdl")
            assert "hunter2" not in repr(caught.value) and site.host in repr(caught.value)
