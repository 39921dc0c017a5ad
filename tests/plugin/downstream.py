"""Another project's tests, as their authors write them; test_judge.py runs them with their traffic judged.

Each is named for what has to become of it. BODY is kept, BAD has <id> for <Id>.
"""

import asyncio
import io
import threading
import time
import urllib.request
from importlib.util import find_spec
from unittest import mock

import httpx
import pytest
import requests
import urllib3

import contracts
from contracts.clients.requests import judge_session
from contracts.standin.agents import APPLICATION_TOKEN, TICKET
from contracts.standin.server import StandIn

NS = "http://www.superoffice.net/ws/crm/NetServer/Services85"
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
BODY = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:b="{NS}">
<s:Header><b:ApplicationToken>{APPLICATION_TOKEN}</b:ApplicationToken>
<b:Credentials><b:Ticket>{TICKET}</b:Ticket></b:Credentials></s:Header>
<s:Body><b:StopBatchJob><b:Id>42</b:Id></b:StopBatchJob></s:Body></s:Envelope>""".encode()
BAD = BODY.replace(b"b:Id>", b"b:id>")
SEND = requests.Session.send
RECORDED = "http://tenant.invalid/Remote/Services85/Batch.svc"


def by_requests(url, body):
    return requests.post(url, data=body, headers=HEADERS).content


def by_requests_mocked(url, body):
    """As a mock does that replaces the method, and keeps the one that it found when it was imported."""
    with mock.patch.object(requests.Session, "send", lambda *given, **options: SEND(*given, **options)):
        return by_requests(url, body)


def by_requests_streamed(url, body):
    with requests.post(url, data=iter([body]), headers=HEADERS, stream=True) as answer:
        return answer.raw.read()


def by_httpx(url, body):
    return httpx.post(url, content=body, headers=HEADERS).content


def by_httpx_streamed(url, body):
    with httpx.stream("POST", url, content=iter([body]), headers=HEADERS) as answer:
        return b"".join(answer.iter_raw())


async def post_async(url, body):
    async with httpx.AsyncClient() as client, client.stream("POST", url, content=body, headers=HEADERS) as answer:
        return b"".join([part async for part in answer.aiter_raw()])


def by_httpx_async(url, body):
    return asyncio.run(post_async(url, body))


def by_urllib3(url, body):
    with urllib3.PoolManager() as pool:
        return pool.request("POST", url, body=body, headers=HEADERS).data


def by_urllib3_streamed(url, body):
    with urllib3.PoolManager() as pool:
        return pool.request("POST", url, body=io.BytesIO(body), headers=HEADERS, preload_content=False).read()


def by_urllib(url, body):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, HEADERS)) as answer:
            return answer.read()
    except urllib.request.HTTPError as refusal:
        return refusal.read()


def by_urllib_streamed(url, body):
    length = {"Content-Length": str(len(body))}
    return urllib.request.urlopen(urllib.request.Request(url, io.BytesIO(body), HEADERS | length)).read()


def by_thread(url, body):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(by_requests(url, body)))
    thread.start()
    thread.join()
    return answers[0]


def by_aiohttp(url, body):
    return asyncio.run(post_aiohttp(url, body))


def by_aiohttp_streamed(url, body):
    async def generate():
        yield body

    return asyncio.run(post_aiohttp(url, generate()))


async def post_aiohttp(url, data):
    import aiohttp

    async with aiohttp.ClientSession(headers=HEADERS) as session, session.post(url, data=data) as answer:
        return await answer.read()


LIBRARIES = [
    pytest.param(by, marks=pytest.mark.skipif("aiohttp" in name and not find_spec("aiohttp"), reason="no aiohttp"))
    for name, by in list(globals().items())
    if name.startswith("by_")
]


@pytest.fixture
def url(services85):
    return services85.url + "/Batch.svc"


@pytest.mark.parametrize("post", LIBRARIES)
def test_passes(post, url):
    assert b"true" in post(url, BODY)


@pytest.mark.parametrize("post", LIBRARIES)
def test_fails(post, url):
    assert b"Response" in post(url, BAD)


@pytest.mark.parametrize("post", LIBRARIES)
@pytest.mark.vcr
@pytest.mark.default_cassette("kept.yaml")
def test_replay_passes(post):
    assert b"true" in post(RECORDED, BODY)


@pytest.mark.parametrize("post", LIBRARIES)
@pytest.mark.vcr
@pytest.mark.default_cassette("broken.yaml")
def test_replay_fails(post):
    assert b"yes" in post(RECORDED, BODY)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_coroutine_fails(url):
    await post_async(url, BAD)


def test_answer_fails():
    with StandIn(misbehaviours=["wrong-operation"]) as tenant:
        by_requests(tenant.url + "/Batch.svc", BODY)


@pytest.fixture
def sends_before(url):
    by_requests(url, BAD)


@pytest.fixture
def sends_after(url):
    yield
    by_requests(url, BAD)


def test_setup_errs(sends_before):
    pass


def test_teardown_errs(sends_after):
    pass


def test_beside_them_passes():
    pass


@pytest.fixture(scope="module")
def slow():
    with StandIn(misbehaviours=["slow=0.3"]) as tenant:
        yield threading.Thread(target=by_requests, args=(tenant.url + "/Batch.svc", BAD))


def test_that_begins_a_thread_passes(slow):
    slow.start()
    time.sleep(0.1)


def test_that_waits_for_it_fails(slow):
    slow.join()


@pytest.mark.services85(judge=False)
def test_left_out_passes(url):
    by_requests(url, BAD)


def test_other_traffic_passes(services85):
    root = services85.url.partition("/Cust")[0]
    assert requests.post(root + "/api", json={}).status_code == 404
    assert httpx.get(root).status_code == 404
    assert requests.get(services85.wsdl).ok


def test_stub_passes(monkeypatch, url):
    monkeypatch.setattr(requests.Session, "send", lambda *given, **options: mock.MagicMock())
    by_requests(url, BODY)


@pytest.mark.skipif(not find_spec("aiohttp"), reason="no aiohttp")
def test_stub_of_aiohttp_passes(monkeypatch, url):
    import aiohttp

    async def stub(*given, **options):
        return mock.AsyncMock(history=())

    monkeypatch.setattr(aiohttp.ClientSession, "_request", stub)
    by_aiohttp(url, BODY)


def test_version_that_is_not_loaded_fails(services85):
    by_requests(services85.url.replace("85", "99") + "/Batch.svc", BODY.replace(b"Services85", b"Services99"))


def test_what_a_hook_refused_passes(url):
    with judge_session(requests.Session(), contracts.load()) as session, pytest.raises(contracts.ContractBroken):
        session.post(url, data=BAD, headers=HEADERS)


def test_waived_passes(url):
    by_requests(url, BODY.replace(b">42<", b">abc<"))


def test_fails_by_itself_too_fails(url):
    by_requests(url, BAD)
    raise ValueError("the test's own")


def test_several_fails(url):
    for value in (b"1.5", b"abc", b"abc"):
        by_requests(url, BAD.replace(b">42<", b">" + value + b"<"))
