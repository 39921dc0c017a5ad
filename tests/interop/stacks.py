"""The stacks: how each is found, made ready and run."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE_MODULES = "TESTS_NODE_MODULES"
"""The environment variable that names the folder ``node_modules`` in which soap and strong-soap are."""

DEBIAN = (
    "apt-get install php-cli php-soap libsoap-lite-perl libaxis-java default-jdk mono-mcs "
    "libmono-system-servicemodel4.0a-cil"
)
"""What installs the stacks that Debian has."""


class Absent(Exception):
    """A stack is not installed; the text says what of it is missing."""


@dataclass(frozen=True)
class Stack:
    """``version`` runs where the stack is and prints its version. ``make``: the command, into a folder of its own."""

    name: str
    version: tuple[str, ...]
    make: Callable[[Path], list[str]]

    @functools.cached_property
    def found(self) -> str:
        """The version that is installed. Raises Absent."""
        return run_tool(self.version)


def run_tool(command: tuple[str, ...]) -> str:
    """The version that a tool prints. Raises Absent where it is not there or fails."""
    if not shutil.which(command[0]):
        raise Absent(f"no {Path(command[0]).name}")
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60)
    version = re.search(r"\d+(\.\d+)+", done.stdout)
    if done.returncode or version is None:
        raise Absent(f"{Path(command[0]).name} is there, and the package is not")
    return version[0]


def environment() -> dict[str, str]:
    """Python's path leads to the tests, node's to its packages."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "NODE_PATH": os.environ.get(NODE_MODULES, "")}


def _python(name: str, package: str, program: str) -> Stack:
    version = (sys.executable, "-c", f"import importlib.metadata as m; print(m.version({package!r}))")
    return Stack(name, version, lambda _: [sys.executable, "-W", "ignore", str(HERE / "clients" / program)])


def _node(name: str, package: str, program: str) -> Stack:
    version = ("node", "-p", f"require('{package}/package.json').version")
    return Stack(name, version, lambda _: ["node", str(HERE / "clients" / program)])


def compile_wcf(folder: Path, *programs: str) -> list[str]:
    """C# sources together with the service's contract, for Mono. Raises Absent."""
    libraries = ["-r:System.ServiceModel", "-r:System.Runtime.Serialization"]
    sources = [str(HERE / name) for name in ("servers/batch.cs", *programs)]
    out = folder / f"{Path(programs[0]).stem}.exe"
    done = subprocess.run(["mcs", *libraries, f"-out:{out}", *sources], capture_output=True, text=True)
    if "CS0006" in done.stderr:  # a library that is not there
        raise Absent(f"{DEBIAN} brings what is missing")
    assert done.returncode == 0, done.stderr
    return ["mono", str(out)]


_JARS = [Path("/usr/share/java", f"{name}.jar") for name in ("axis", "jaxrpc", "saaj", "commons-logging")]
_JARS += [Path("/usr/share/java", f"{name}.jar") for name in ("commons-discovery", "wsdl4j")]
AXIS = ":".join(map(str, _JARS))

MONO = ("mcs", "--version")
STACKS = [
    _python("zeep", "zeep", "zeep_client.py"),
    _python("suds-community", "suds-community", "suds_client.py"),
    _python("pysimplesoap", "PySimpleSOAP", "pysimplesoap_client.py"),
    _python("a template (requests)", "requests", "template.py"),
    _node("node soap", "soap", "node_soap.js"),
    _node("strong-soap", "strong-soap", "strong_soap.js"),
    Stack(
        "PHP SoapClient",
        ("php", "-r", "new ReflectionClass('SoapClient'); echo PHP_VERSION;"),
        lambda _: ["php", str(HERE / "clients/php_soap.php")],
    ),
    Stack(
        "SOAP::Lite",
        ("perl", "-MSOAP::Lite", "-e", "print $SOAP::Lite::VERSION"),
        lambda _: ["perl", str(HERE / "clients/soap_lite.pl")],
    ),
    Stack(
        "Axis (Java)",
        ("java", "-cp", AXIS, "org.apache.axis.Version"),
        lambda _: ["java", "-cp", AXIS, str(HERE / "clients/Axis.java")],
    ),
    Stack("WCF (Mono)", MONO, lambda folder: compile_wcf(folder, "clients/wcf_client.cs")),
]
