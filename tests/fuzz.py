"""Damaged inputs of every kind, thousands of them: none may end in a traceback, take over 5 s, or over 1 GB.

    python -m tests.fuzz                          50,000 inputs, in minutes on two cores
    python -m tests.fuzz --count 500 --kinds wsdl,zip
    python -m tests.fuzz --seed 7 --only 1234     one of them again, with its traceback; --keep FOLDER writes it there

Each input follows from the seed and its number alone. Exit status: 0 nothing was found, 1 something was. pytest does
not collect this: it is run by hand, and what it finds becomes a test with a bound of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import multiprocessing
import os
import random
import re
import resource
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import contracts
from tests.helpers.containers import FORMATS
from tests.helpers.messages import STOP
from tests.messages.test_variants import VARIANTS

SECONDS, MEGABYTES = 5.0, 1024
LARGE, GIVEN_UP = 4_000_000, 60.0
"""The most bytes that an edit adds; the seconds after which a worker is ended: C code does not hear a signal."""

HERE = Path(contracts.__file__).parent
WSDL = HERE / "Services85" / "Batch" / "service.wsdl"
RUBBISH: tuple[bytes, ...] = (
    b"<", b">", b"&", b'"', b"'", b"</", b"/>", b"<!--", b"-->", b"]]>", b"<![CDATA[", b"<?", b"?>", b"<?x?>", b"=",
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc0\xaf", b"\xed\xa0\x80", b"\x1b[31m", "\u202e".encode(),
    "\u00a0".encode(), "\u0664".encode(), "\U0001f600".encode(), b"&#0;", b"&#xD800;", b"&a;", b"<!DOCTYPE x>",
    b'<!DOCTYPE x [<!ENTITY a "b">]>', b" xmlns=''", b" xmlns:b='urn:x'", b" i:nil='true'", b" i:type='b:Carrier'",
    b" s:mustUnderstand='1'", b":", b"\n", b"\r\n", b"\r\n\r\n", b"\n\n", b"\t", b"{", b"}", b"[", b"]", b"- ", b"#",
    b"|", b"%", b"*a", b"&a ", b"!!python/object/apply:os.getcwd []", b"!!binary ", b"1:30:00", b"9" * 5000, b"-1",
    b"1e999", b"0x1F", b"2026-02-30", b"null", b"~", b"http://a]b/x", b"http://[::1", b"http://joe:pw@h/", b"file:///",
    b"..", b"/", b"\\", b"Content-Type: ", b"Content-Length: 99999999999\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n", b"charset=utf-32", b"```xml\n", b"```\n", b"---\n", b"HTTP/1.1 100 Continue\r\n\r\n",
    b"Envelope>\n#", b"::error::x\n",
)  # fmt: skip
PATTERNS = (
    r"(\d{1,3},?)*\d+(\.\d\d)?",
    "(a*)*b",
    "((",
    r"\p{L}{1,9999}",
    "[",
    "(a|a)*",
    "x{0,100000}",
    r"[\i-[:]][\c-[:]]*",
)


@dataclass(frozen=True, slots=True)
class Input:
    """Files by name, and the command that is run where they lie."""

    files: dict[str, bytes]
    command: tuple[str, ...]


# --- what is damaged, and how -----------------------------------------------------------------------------------------


@cache
def samples(suffix: str) -> tuple[bytes, ...]:
    """Good and bad examples of a format: those of the rules, the documented ones, the recordings."""
    folders = (HERE / "rules" / "examples", HERE / "Services85", HERE.parent / "cassettes")
    found = [path.read_bytes() for folder in folders for path in sorted(folder.rglob(f"*{suffix}"))]
    assert found, suffix
    return tuple(found)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes after one to four edits; now and then one that makes them large."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, end = sorted((chance.randrange(len(out) + 1), chance.randrange(len(out) + 1)))
        end = min(end, at + 60)
        how = chance.random()
        if how < 0.25:
            del out[at:end]
        elif how < 0.6:
            out[at:at] = chance.choice(RUBBISH)
        elif how < 0.75:
            out[at:end] = bytes(out[at:end]) * chance.choice((2, 2, 3, 50))
        elif how < 0.8:
            piece, times = chance.choice(RUBBISH), chance.choice((100, 5_000, 40_000))
            out[at:at] = piece * min(times, LARGE // len(piece))
        elif how < 0.9 and (words := list(re.finditer(rb"[\w.:/-]+", out))):
            one, other = chance.choice(words), chance.choice(words)
            out[one.start() : one.end()] = other[0]
        elif out:
            place = chance.randrange(len(out))
            out[place] = chance.randrange(256)
    return bytes(out)


def recoded(data: bytes, chance: random.Random) -> bytes:
    """Now and then in another encoding."""
    if chance.random() > 0.15:
        return data
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig", "utf-7")), "replace")


def message(suffix: str) -> Callable[[random.Random], Input]:
    """One file of a format, judged."""

    def make(chance: random.Random) -> Input:
        data = recoded(damaged(chance.choice(samples(suffix)), chance), chance)
        form = chance.choice(("text", "json", "junit", "github"))
        side = chance.choice(((), (), ("--request",), ("--response",)))
        return Input({f"input{suffix}": data}, ("check", "-v", "--format", form, *side, f"input{suffix}"))

    return make


def container(chance: random.Random) -> Input:
    """What people keep messages in: archives of browsers and proxies, projects, logs, commands."""
    builds = {name: build for name, (build, *_) in FORMATS.items()} | VARIANTS
    name = chance.choice(list(builds))
    data = damaged(builds[name](STOP), chance)
    if name.endswith(".gz") and chance.random() < 0.5:
        data = gzip.compress(damaged(STOP.encode(), chance))
    return Input({name: recoded(data, chance)}, ("check", "-v", name))


def page(chance: random.Random) -> Input:
    """A documented page: a title and two blocks."""
    blocks = [chance.choice(samples(".xml")).decode("utf-8", "replace") for _ in range(2)]
    operation = chance.choice(("StopBatchJob", "StartBatchJob", "GetBatchTaskInfo"))
    text = f"---\ntitle: Services85.BatchAgent.{operation} SOAP\n---\n\n" + "".join(
        f"## Sample\n\n```xml\n{block}\n```\n\n" for block in blocks
    )
    return Input({"page.md": recoded(damaged(text.encode(), chance), chance)}, ("check", "-v", "page.md"))


def wsdl(chance: random.Random) -> Input:
    """A damaged WSDL: as a contract, as a new version, as what samples are made by."""
    text = WSDL.read_text(encoding="utf-8")
    if chance.random() < 0.5:
        data = damaged(text.encode(), chance)
    else:
        for _ in range(chance.randint(1, 3)):
            text = rewritten(text, chance)
        data = text.encode()
    command = chance.choice(
        (
            ("check", "--contract", "new.wsdl", "message.xml"),
            ("diff", "old.wsdl", "new.wsdl", "--format", chance.choice(("text", "json", "markdown", "html"))),
            ("sample", "--contract", "new.wsdl", "Batch.StartBatchJob", "--full"),
            ("sample", "--contract", "new.wsdl", "Batch.GetBatchTaskInfo", "--response"),
        )
    )
    files = {"old.wsdl": WSDL.read_bytes(), "new.wsdl": data, "message.xml": chance.choice(samples(".xml"))}
    return Input(files, command)


def rewritten(text: str, chance: random.Random) -> str:
    """The WSDL with one thing in it that its schema language allows, or nearly."""
    types = sorted(set(re.findall(r'<xs:(?:complex|simple)Type name="(\w+)"', text)))
    one, other = chance.choice(types), chance.choice(types)
    facet = f'<xs:pattern value="{chance.choice(PATTERNS)}"/>'
    added = chance.choice(
        (
            f'<xs:simpleType name="X"><xs:restriction base="xs:string">{facet}</xs:restriction></xs:simpleType>',
            f'<xs:complexType name="X"><xs:sequence maxOccurs="{10 ** chance.randint(0, 9)}"><xs:element name="a" '
            f'type="tns:{one}" minOccurs="{10 ** chance.randint(0, 6)}" maxOccurs="unbounded"/></xs:sequence>'
            "</xs:complexType>",
            '<xs:group name="X"><xs:choice><xs:group ref="tns:X"/><xs:any/></xs:choice></xs:group>',
            f'<xs:include schemaLocation="{chance.choice(("x.xsd", ".", "http://127.0.0.1:9/x", "new.wsdl"))}"/>',
            f'<xs:element name="X" type="tns:{other}" substitutionGroup="tns:X"/>',
        )
    )
    edits: list[Callable[[], str]] = [
        lambda: text.replace("</xs:schema>", f"{added}</xs:schema>", 1),
        lambda: text.replace(f'type="tns:{one}"', f'type="tns:{other}"'),
        lambda: text.replace(f'type="tns:{one}"', 'type="tns:X"', 1),
        lambda: text.replace(
            'type="xs:int"', f'type="xs:{chance.choice(("decimal", "ID", "QName", "duration", "x"))}"', 3
        ),
        lambda: re.sub(r'minOccurs="0"', f'minOccurs="{chance.choice(("1", "x", "-1", "9" * 40))}"', text, count=5),
        lambda: text.replace(f'name="{one}"', f'name="{chance.choice(("1a", "a b", "", "é", "x" * 5000))}"', 1),
        lambda: text.replace("Services85", chance.choice(("Services86", "", "a b", "::error::"))),
        lambda: text.replace(f'base="tns:{one}"', f'base="tns:{other}"'),
    ]
    return chance.choice(edits)()


def archive(chance: random.Random) -> Input:
    """A zip of messages or WSDLs: odd names, odd methods, much of nothing, damaged bytes."""
    data = io.BytesIO()
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    names = (
        "a.xml",
        "b.http",
        "c/d.wsdl",
        "../e.xml",
        "/f.xml",
        "g\n::error::.xml",
        "h" * 300 + ".xml",
        "i.zip",
        "",
        "j.yaml",
    )
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(data, "w", chance.choice(methods)) as out:
        for _ in range(chance.randint(0, 6)):
            body = chance.choice(
                (*samples(".xml")[:20], WSDL.read_bytes(), b"", b" " * chance.choice((10, 10**6, 10**8)))
            )
            out.writestr(
                zipfile.ZipInfo(chance.choice(names)),
                damaged(body, chance) if len(body) < 10**6 else body,
                chance.choice(methods),
            )
    packed = damaged(data.getvalue(), chance) if chance.random() < 0.6 else data.getvalue()
    files = {"in.zip": packed, "message.xml": samples(".xml")[0]}
    return Input(files, chance.choice((("check", "in.zip"), ("check", "--contract", "in.zip", "message.xml"))))


SETTINGS = b"""[tool.services85]
contracts = "old.wsdl"
waivers = "waivers.toml"
cassettes = "cassettes"
url = "http://127.0.0.1:9/Cust12345"
application_token = "1234567-1234-9876"
user = "tt"
password = "pw"
[[tool.services85.waiver]]
rule = "value-lexical"
reason = "ticket 4711"
until = 2027-01-31
"""
WAIVERS = b"""[[waiver]]
rule = "value-lexical"
operation = "Batch.*"
path = "*/Id[2]"
file = "*.xml"
reason = "ticket 4711"
until = "2027-01-31"
"""


def settings(chance: random.Random) -> Input:
    """A damaged pyproject.toml, or a file of waivers."""
    files = {"old.wsdl": WSDL.read_bytes(), "message.xml": chance.choice(samples(".xml"))}
    if chance.random() < 0.5:
        files |= {"pyproject.toml": damaged(SETTINGS, chance), "waivers.toml": WAIVERS}
        return Input(files, ("check", "message.xml"))
    return Input(files | {"w.toml": damaged(WAIVERS, chance)}, ("check", "--waivers", "w.toml", "message.xml"))


KINDS: dict[str, tuple[int, Callable[[random.Random], Input]]] = {
    # kind: its share, what makes one
    "xml": (24, message(".xml")),
    "http": (16, message(".http")),
    "yaml": (12, message(".yaml")),
    "container": (16, container),
    "page": (12, page),
    "wsdl": (8, wsdl),
    "zip": (6, archive),
    "settings": (8, settings),
}


def make_input(seed: int, number: int, kinds: Sequence[str]) -> tuple[str, Input]:
    """The input of a number, and its kind."""
    chance = random.Random(f"{seed}/{number}")
    kind = chance.choices(kinds, [KINDS[kind][0] for kind in kinds])[0]
    return kind, KINDS[kind][1](chance)


# --- running ----------------------------------------------------------------------------------------------------------


def said(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def problem_of(given: Input, folder: Path) -> str | None:
    """Runs the command; what is wrong with how it ended, first line first."""
    from contracts.cli.main import main

    for old in folder.iterdir():
        old.unlink()
    for name, data in given.files.items():
        (folder / name).write_bytes(data)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape") for _ in range(2))
    begun = time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.chdir(folder):
            status: object = main(given.command)
    except SystemExit as left:
        status = left.code
    except BaseException as error:  # whatever it is, it was not to come out
        frames = traceback.extract_tb(error.__traceback__)
        ours = [f for f in frames if str(HERE) in f.filename] or frames
        where = f"{Path(ours[-1].filename).name}:{ours[-1].name}"
        return f"{type(error).__name__} in {where}\n{''.join(traceback.format_exception(error))}"
    took = time.process_time() - begun
    if status not in (0, 1, 2):
        return f"exit status {status}: {said(err)[-4000:]}"
    if took > SECONDS:
        return f"took over {SECONDS:g} s\n{took:.1f} s"
    return "one line of ::command" if re.search(r"^::(?!error |warning |notice )", said(out), re.M) else None


def peak_memory(*, reset: bool = False) -> float:
    """The most that this process has held, in MB; on Linux it can be made to count anew from what it holds."""
    if reset:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def work(pipe: Connection, seed: int, kinds: Sequence[str]) -> None:
    """A worker: numbers come in, what is wrong goes out, and whether its memory has grown too large for another."""
    resource.setrlimit(resource.RLIMIT_AS, (6 * MEGABYTES * 2**20,) * 2)
    with tempfile.TemporaryDirectory() as name:
        while (number := pipe.recv()) is not None:
            kind, given = make_input(seed, number, kinds)
            begun, before = time.perf_counter(), peak_memory(reset=True)
            problem = problem_of(given, Path(name))
            after = peak_memory()
            if problem is None and after - before > MEGABYTES:
                problem = f"took over {MEGABYTES} MB\n{after - before:.0f} MB"
            pipe.send((number, kind, problem, time.perf_counter() - begun, after > MEGABYTES))


class Worker:
    """A worker's process, which is started again where it has ended or had to be ended."""

    def __init__(self, seed: int, kinds: Sequence[str]) -> None:
        self.arguments = (seed, kinds)
        self.number: int | None = None
        self.start()

    def start(self) -> None:
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(
            target=work, args=(other, *self.arguments), daemon=True
        )
        self.process.start()
        other.close()

    def restart(self) -> None:
        self.process.kill()
        self.process.join()
        self.start()

    def give(self, number: int | None) -> None:
        self.number, self.since = number, time.monotonic()
        with contextlib.suppress(BrokenPipeError):
            self.pipe.send(number)

    def answer(self) -> tuple[int, str, str | None, float] | None:
        """What came back, if it did; a worker that died or takes too long is replaced."""
        assert self.number is not None
        try:
            if self.pipe.poll():
                found: tuple[int, str, str | None, float, bool] = self.pipe.recv()
                if found[4]:
                    self.restart()
                return found[:4]
            late = time.monotonic() - self.since > GIVEN_UP
            if not late:
                return None
            why = f"ended after {GIVEN_UP:g} s"
        except (EOFError, ConnectionError):
            why = "the process died"
        self.restart()
        kind, _ = make_input(self.arguments[0], self.number, self.arguments[1])
        return self.number, kind, why, GIVEN_UP


def fuzz(seed: int, numbers: Sequence[int], kinds: Sequence[str], jobs: int) -> int:
    """Runs them all; prints what was found, by what it is; returns how many inputs found something."""
    todo = iter(numbers)
    workers = [Worker(seed, kinds) for _ in range(jobs)]
    counts: Counter[str] = Counter()
    slowest: dict[str, tuple[float, int]] = {}
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for worker in workers:
        worker.give(next(todo, None))
    busy = [worker for worker in workers if worker.number is not None]
    while busy:
        multiprocessing.connection.wait([worker.pipe for worker in busy], timeout=1.0)
        for worker in busy[:]:
            if (answer := worker.answer()) is None:
                continue
            number, kind, problem, took = answer
            counts[kind] += 1
            slowest[kind] = max(slowest.get(kind, (0.0, 0)), (took, number))
            if problem is not None:
                head = problem.partition("\n")[0]
                found.setdefault((kind, head), []).append((number, problem))
                print(f"{number} {kind}: {head}", flush=True)
            worker.give(next(todo, None))
            if worker.number is None:
                busy.remove(worker)
    print(f"\n{sum(counts.values())} inputs, seed {seed}")
    for kind, count in counts.items():
        print(f"  {kind:9} {count:6}  slowest {slowest[kind][0]:6.2f} s (--only {slowest[kind][1]})")
    for (kind, head), cases in sorted(found.items(), key=lambda item: -len(item[1])):
        shown = ", ".join(str(number) for number, _ in cases[:5])
        print(f"\n{len(cases)} x {kind}: {head}  (--only {shown})\n{cases[0][1].partition(chr(10))[2][-1500:]}")
    return sum(map(len, found.values()))


def main(argv: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=85)
    parser.add_argument("--kinds", default=",".join(KINDS), help="default: all of %(default)s")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, metavar="NUMBER", help="one input, in this process")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="with --only: where its files are written")
    given: Any = parser.parse_args(argv)
    kinds = given.kinds.split(",")
    if given.only is None:
        return int(fuzz(given.seed, range(given.count), kinds, given.jobs) > 0)
    kind, one = make_input(given.seed, given.only, kinds)
    folder = given.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    problem = problem_of(one, folder)
    print(f"{kind}: services85 {' '.join(one.command)}  (in {folder})\n{problem or 'nothing found'}")
    return int(problem is not None)


if __name__ == "__main__":
    sys.exit(main())
