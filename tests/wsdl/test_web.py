"""The one door to the network: the hosts that were named and no others, nothing of netrc, bounds on all of it."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

import contracts
from contracts.files.ask_web import WebSession
from contracts.files.limits import use_limits
from contracts.files.web import WebReader, allow_hosts
from tests.cli.running import expect, refused
from tests.helpers.cost import within
from tests.helpers.loopback import Request, Site, running
from tests.helpers.messages import STOP

WSDL = Path(contracts.__file__).with_name("Services85") / "Batch" / "service.wsdl"
TEXT = WSDL.read_text(encoding="utf-8")


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as found:
        found.add("/a.wsdl", TEXT)
        yield found


@pytest.fixture
def other() -> Iterator[Site]:
    with running() as found:
        found.add("*", TEXT)
        yield found


def importing(place: str) -> str:
    return TEXT.replace("<wsdl:types>", f'<wsdl:import namespace="urn:x" location="{place}"/><wsdl:types>', 1)


def judged_by(url: str, *more: str) -> tuple[str, ...]:
    """A command by the contract at that URL."""
    return "check", "--contract", url, str(WSDL), *more


# --- whom it asks -----------------------------------------------------------------------------------------------------


def test_a_redirect_within_the_host_is_followed(site: Site) -> None:
    site.pages["/old"] = lambda page: page.send_on("/a.wsdl")
    assert contracts.load(f"{site.url}/old").services[0].agent == "Batch"


@pytest.mark.parametrize("way", ["redirect", "import"])
def test_another_host_is_asked_only_if_it_was_allowed(way: str, site: Site, other: Site, tmp_path: Path) -> None:
    place = f"{other.url}/b.wsdl"
    site.pages["/it"] = lambda page: page.send_on(place) if way == "redirect" else page.give(importing(place))
    err = refused(*judged_by(f"{site.url}/it"))
    assert other.asked == []
    assert f"--allow-host {other.host} allows it" in err
    (tmp_path / "m.xml").write_text(STOP)
    given = ["check", "--contract", f"{site.url}/it", str(tmp_path / "m.xml")]
    expect(0, *given, "--allow-host", other.host)
    assert len(other.asked) == 1
    expect(0, *given, "--allow-host", "127.0.0.1")  # without a port: any
    expect(2, *given, "--allow-host", "127.0.0.2")


def test_a_file_imports_from_a_host_that_was_allowed(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a.wsdl").write_text(importing(f"{site.url}/a.wsdl"), encoding="utf-8")
    with pytest.raises(contracts.UnreadableContract, match=f"--allow-host {site.host}"):
        contracts.load(tmp_path / "a.wsdl")
    assert site.asked == []
    with allow_hosts([site.host]):
        assert contracts.load(tmp_path / "a.wsdl").services
    assert len(site.asked) == 1


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/a", "http://[::1", "//", "gopher:x"])
def test_what_is_no_address_of_the_web_is_not_followed(to: str, site: Site) -> None:
    site.pages["/it"] = lambda page: page.send_on(to)
    refused(*judged_by(f"{site.url}/it"))


def test_redirects_end(site: Site) -> None:
    site.pages["/it"] = lambda page: page.send_on("/it")
    assert "sends on more than 10 times" in refused(*judged_by(f"{site.url}/it"))
    assert len(site.asked) == 10


def test_nothing_of_netrc_and_no_proxy(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login joe password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert WebReader([site.url]).read(f"{site.url}/a.wsdl")
    (asked,) = site.asked
    assert asked.path == "/a.wsdl" and "Authorization" not in asked.headers
    with WebSession("http://tenant.invalid") as session:
        sent = session.prepare_request(requests.Request("GET", "http://tenant.invalid/a.wsdl"))
    assert "Authorization" not in sent.headers


def test_who_a_url_names_is_sent_to_its_host_alone_and_never_shown(site: Site, other: Site) -> None:
    site.pages["/it"] = lambda page: page.send_on(f"{other.url}/b.wsdl")
    url = f"{site.url}/it?code=s3cret".replace("://", "://joe:hunter2@")
    with allow_hosts([other.host]):
        assert contracts.load(url).services
    assert ["Authorization" in asked.headers for asked in (*site.asked, *other.asked)] == [True, False]
    for page in ("it", "missing"):
        err = refused(*judged_by(url.replace("/it", f"/{page}")))
        assert "hunter2" not in err and "s3cret" not in err and site.host in err


def test_a_url_in_which_two_parsers_see_two_hosts_is_none(site: Site, other: Site) -> None:
    site.pages["/it"] = lambda page: page.send_on(f"http://{other.host}\\@{site.host}/b.wsdl")
    assert "is no address of the web" in refused(*judged_by(f"{site.url}/it"))
    assert other.asked == []


# --- how much it takes ------------------------------------------------------------------------------------------------


def test_endless_imports_end(site: Site) -> None:
    site.pages["*"] = lambda page: page.give(importing(f"{page.path}x"))
    assert "limit of 20 imported documents" in refused(*judged_by(f"{site.url}/w", "--limit", "imports=20"))
    assert len(site.asked) == 21


@pytest.mark.parametrize("where", ["head", "body"])
def test_what_drips_ends(where: str, site: Site) -> None:
    stop = threading.Event()

    def drip(page: Request) -> None:
        if where == "body":
            page.send_response(200)
            page.send_header("Content-Length", "1000000")
            page.end_headers()
        while not stop.wait(0.05):
            page.wfile.write(b"x")
            page.wfile.flush()

    site.pages["/it"] = drip
    begun = time.monotonic()
    assert "limit of 1 seconds (--limit fetching=N" in refused(*judged_by(f"{site.url}/it", "--limit", "fetching=1"))
    assert time.monotonic() - begun < 10
    stop.set()


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_an_answer_that_unpacks_to_too_much(layers: int, site: Site) -> None:
    packed = b" " * 2**26
    for _ in range(layers):
        packed = gzip.compress(packed, 1)
    site.pages["/it"] = lambda page: page.give(packed, Content_Encoding=", ".join(["gzip"] * layers))
    with use_limits({"size": 1}), within(1), pytest.raises(contracts.ContractsError, match="--limit size=N"):
        contracts.load(f"{site.url}/it")


def test_an_answer_that_is_too_large(site: Site) -> None:
    site.add("/it", "x" * 2**21)
    with use_limits({"size": 1}), pytest.raises(contracts.ContractsError, match="--limit size=N"):
        contracts.load(f"{site.url}/it")
    door = WebReader([site.url])
    assert len(door.read(f"{site.url}/it")) == 2**21
