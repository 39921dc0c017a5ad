"""`services85 record`: cassettes from the stand-in tenant, a live one, or traffic that is there already."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..contract import load
from ..files.opening import suggest_path
from ..live.tenant_settings import TenantSettings
from ..model import ContractsError
from ..model.wording import wrap_text
from ..recording.convert import convert_pairs, convert_traffic
from ..recording.record import record as record_tenant
from ..recording.redaction import Secrets
from ..recording.writing import RecordingResult, compare_cassettes
from ..report.terminal import UNBROKEN, measure_width
from . import options
from .options import flag, many, option


@options.command
def record(
    *,
    tenant: str = options.tenant,
    out: Path = option(type=Path, default=Path("cassettes"), metavar="FOLDER", help="Default: cassettes."),
    contract: str | None = options.contract,
    production: str | None = options.production,
    allow_start: tuple[str, ...] = many(metavar="NAME", help="A job that may be started."),
    from_files: tuple[str, ...] = many("--from", metavar="FILE|FOLDER", help="Of traffic in any form."),
    from_http: Path | None = option(type=Path, metavar="FOLDER", help="NAME.request.http with NAME.response.http."),
    source: str = option(default="", metavar="TEXT", help="With --from, --from-http: what stack it was."),
    suffix: str = option(default="", metavar="TEXT", help="With --from, --from-http: after the cassettes' names."),
    overwrite: bool = flag(help="Cassettes that are there are replaced."),
    dry_run: bool = flag(help="Ask, write nothing, and say what would change."),
    secrets: Secrets = options.secrets,
) -> int:
    """Examples:
      services85 record                         all cassettes, from the stand-in
      services85 record --tenant live --allow-start NAME    from a sandbox
      services85 record --from capture.har --from calls.saz
      services85 record --from-http traffic/ --source "WCF on Mono" --suffix .wcf

    --from takes what check takes, and writes a redacted cassette of each call of
    the contract that is kept; --from-http takes what requests break to be meant.

    A live tenant is named by SERVICES85_HOST and the like: see the README. Nothing
    is changed there but a job of that name, which is started and stopped again.

    What is there is replaced with --overwrite only; --dry-run says first what that
    would change, and where what is there was recorded.

    Exit status: 1 a message was broken, and its cassette is not written; 2 the
    tenant could not be asked, or answered otherwise than a scenario is there to
    show (it is not written either); else 0
    """
    if out.exists() and not out.is_dir():
        raise ContractsError(f"--out {out}: not a folder")
    if from_http and not from_http.is_dir():
        raise ContractsError(f"--from-http {from_http}: no such folder")
    if from_http and not source:
        raise ContractsError("--from-http wants --source: what stack the messages are from")
    loaded = load(contract)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory())) if dry_run else out
        how: dict[str, Any] = {"contract": loaded, "overwrite": overwrite or dry_run, "secrets": secrets}
        if from_http:
            cassettes = convert_pairs(from_http, folder, source, suffix=suffix, **how)
        elif from_files:
            cassettes = convert_traffic(from_files, folder, source=source, suffix=suffix, **how)
        elif tenant == "stand-in":
            cassettes = record_tenant(None, folder, **how)
        else:
            url = None if tenant == "live" else tenant
            settings = TenantSettings.read(url=url, production=production, allow_start=allow_start)
            cassettes = record_tenant(settings, folder, **how)
        columns = measure_width(elsewhere=UNBROKEN)
        for cassette in cassettes:
            path = Path(cassette.file)
            shown = out / path.relative_to(folder) if path.is_relative_to(folder) else path
            change = compare_cassettes(path, shown) if dry_run and cassette.written else None
            said = [
                _describe_result(cassette, shown.as_posix(), change),
                *(f"          {one}" for one in cassette.findings),
            ]
            for line in said:
                print("\n".join(wrap_text(line, columns, rest=" " * 12)))
    counts = Counter(cassette.state for cassette in cassettes)
    others = f" {counts['unjudged']} unjudged," if counts["unjudged"] else ""
    done = "would be recorded" if dry_run else "recorded"
    print(f"{counts['recorded']} {done}, {counts['broken']} broken,{others} {counts['skipped']} skipped")
    if counts["broken"]:
        return 1
    if first := next((cassette for cassette in cassettes if cassette.state == "unjudged"), None):
        options.remark(f"not recorded: {first.file}: {first.unexpected}{suggest_path(first.file)}")
        return 2
    if from_files and not counts["recorded"]:
        options.remark("nothing was recorded: no whole call of the contract is there")
        return 2
    return 0


def _describe_result(cassette: RecordingResult, file: str, change: str | None) -> str:
    """``recorded  FILE``, or what became of it, with the reason; ``change``: what writing it would change."""
    state = "would be" if change else cassette.state
    why = change or cassette.skipped or cassette.unexpected
    shown = state.upper() if state in ("broken", "unjudged") else state
    return f"{shown:<8}  {file}" + (f"  ({why})" if why else "")
