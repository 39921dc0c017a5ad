"""What excuses a violation: deviations between the sources, and a team's own waivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import contracts
from contracts.model import Message, Verdict
from contracts.rules import RULES
from contracts.rules.deviations import read_deviations
from contracts.rules.waivers import Waivers, read_waivers
from tests.helpers.messages import CONTRACT, STARTED, STOP, STOPPED, request

TODAY = date(2026, 11, 24)
EXAMPLES = Path(contracts.__file__).parent / "Services85" / "Batch" / "StopBatchJob"
PAGE = {side: (EXAMPLES / f"{side}.xml").read_bytes() for side in ("request", "response")}
SENT = {
    "request": ["envelope-header-outside", "envelope-version"],
    "response": ["answer-succeeded-missing", "envelope-version"],
}


def page(side: str) -> Message:
    title = ("Services85", "Batch", "StopBatchJob")
    return Message(PAGE[side], part=side, direction=side, documented=True, title=title)  # type: ignore[arg-type]  # a str


@pytest.mark.parametrize("side", ["request", "response"])
def test_a_page_as_printed_is_kept(side: str) -> None:
    verdict = CONTRACT.judge(page(side))
    assert verdict.kept
    excused = {f.rule: f.excuse for f in verdict.tolerated}
    assert set(SENT[side]) <= set(excused)
    assert all(excuse and excuse[0] == "deviation" for excuse in excused.values())


@pytest.mark.parametrize("side", ["request", "response"])
def test_the_same_on_the_wire_is_broken(side: str) -> None:
    """A page's deviation excuses pages only."""
    check = CONTRACT.check_request if side == "request" else CONTRACT.check_response
    verdict = check(PAGE[side])
    assert sorted(f.rule for f in verdict.violations) == SENT[side]


def test_a_page_is_not_excused_from_anything_else() -> None:
    message = page("request")
    broken = Message(message.data.replace(b">0<", b">x<"), direction="request", documented=True, title=message.title)
    assert [f.rule for f in CONTRACT.judge(broken).violations] == ["value-lexical"]


def test_the_register() -> None:
    rows = [row for rows in read_deviations().values() for row in rows]
    assert len({row.id for row in rows}) == len(rows) >= 5
    for row in rows:
        assert row.rule in RULES
        assert row.on in ("page", "any")
        assert row.message in ("request", "response", "any")
        assert len(row.reason) > 40
        assert row.row().startswith("[[deviation]]\n")


# --- waivers ----------------------------------------------------------------------------------------------------------

BROKEN = CONTRACT.check_request(STOP.replace(">42<", ">x<"))
TWICE = CONTRACT.check_request(STOP.replace("<b:Id>42</b:Id>", "<b:Id>x</b:Id><b:Id>y</b:Id>"))


def applied(tmp_path: Path, toml: str, verdict: Verdict = BROKEN, today: date = TODAY) -> tuple[Verdict, list[str]]:
    (tmp_path / "waivers.toml").write_text(toml, encoding="utf-8")
    waivers = Waivers(read_waivers(str(tmp_path / "waivers.toml")), today)
    return waivers.apply(verdict), waivers.remarks()


def waiver(**fields: str) -> str:
    given = {"rule": "value-lexical", "reason": "ticket 4711", "until": "2027-01-31", **fields}
    return "[[waiver]]\n" + "".join(f'{key} = "{value}"\n' for key, value in given.items() if value)


def test_of_very_many_waivers_that_excuse_nothing_some_are_told(tmp_path: Path) -> None:
    few, many = (applied(tmp_path, waiver(file="other.xml") * count)[1] for count in (20, 2000))
    assert len(few) == 20 and all("no such violation any more" in remark for remark in few)
    assert many == [*few, "… 1980 more waivers that excuse nothing"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"operation": "Batch.StopBatchJob"},
        {"operation": "Batch.*"},
        {"operation": "*.StopBatchJob"},
        {"path": "/Envelope/Body/StopBatchJob/Id"},
        {"path": "*/Id"},
        {"id": "ours", "operation": "Batch.*", "path": "*/Id*"},
    ],
    ids=str,
)
def test_a_waiver_that_matches(fields: dict[str, str], tmp_path: Path) -> None:
    verdict, remarks = applied(tmp_path, waiver(**fields))
    assert verdict.kept
    assert not remarks
    (tolerated,) = [f for f in verdict.tolerated if f.rule == "value-lexical"]
    assert tolerated.excuse is not None and tolerated.excuse[0] == "waiver"
    assert tolerated.as_dict()["waiver"] == fields.get("id", "value-lexical-1")
    assert BROKEN.outcome == "broken", "the verdict that was given is as it was"


@pytest.mark.parametrize(
    "fields",
    [{"rule": "value-range"}, {"operation": "Batch.StartBatchJob"}, {"path": "/Envelope/Body"}, {"file": "*.http"}],
    ids=str,
)
def test_a_waiver_of_something_else_is_reported(fields: dict[str, str], tmp_path: Path) -> None:
    verdict, remarks = applied(tmp_path, waiver(**fields))
    assert verdict.outcome == "broken"
    assert len(remarks) == 1
    assert "no such violation any more" in remarks[0]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"reason": ""}, "no reason"),
        ({"reason": " "}, "no reason"),
        ({"until": ""}, "no date"),
        ({"until": "2026-11-23"}, "held until 2026-11-23"),
    ],
    ids=["no-reason", "blank-reason", "no-date", "past"],
)
def test_a_waiver_that_excuses_nothing_says_so(fields: dict[str, str], why: str, tmp_path: Path) -> None:
    verdict, remarks = applied(tmp_path, waiver(**fields))
    assert verdict.outcome == "broken"
    assert len(remarks) == 1
    assert why in remarks[0]


def test_a_place_as_a_report_names_it(tmp_path: Path) -> None:
    """The brackets of ``Id[2]``, and of a file's name, are no pattern."""
    verdict = replace(TWICE, file="traffic/old [1].xml")
    waived = {"rule": "body-twice", "path": "/Envelope/Body/StopBatchJob/Id[2]", "file": "traffic/old [1].xml"}
    assert "body-twice" in {f.rule for f in verdict.violations}
    assert "body-twice" not in {f.rule for f in applied(tmp_path, waiver(**waived), verdict)[0].violations}
    for key, other in (("path", "/Envelope/Body/StopBatchJob/Id[3]"), ("file", "traffic/old [2].xml")):
        left, remarks = applied(tmp_path, waiver(**waived | {key: other}), verdict)
        assert left == verdict and len(remarks) == 1


def test_the_last_day_counts(tmp_path: Path) -> None:
    until = {"until": TODAY.isoformat()}
    assert applied(tmp_path, waiver(**until))[0].kept
    assert not applied(tmp_path, waiver(**until), today=TODAY + timedelta(days=1))[0].kept


def test_a_date_without_quotes(tmp_path: Path) -> None:
    for until, kept in (("2027-01-31", True), ("2027-01-31T10:00:00", True), ("2026-01-31T10:00:00Z", False)):
        assert applied(tmp_path, waiver().replace('"2027-01-31"', until))[0].kept == kept


def test_one_of_two_violations_waived(tmp_path: Path) -> None:
    verdict, remarks = applied(tmp_path, waiver(path="*/Id"), TWICE)
    assert verdict.outcome == "broken"
    assert not remarks
    assert "value-lexical" in [f.rule for f in verdict.tolerated]
    assert [f.path.rpartition("/")[2] for f in verdict.violations] == ["Id[2]"] * len(verdict.violations)


def test_several_waivers_and_verdicts(tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text(
        waiver() + waiver(rule="answer-response-missing") + waiver(rule="body-order"), encoding="utf-8"
    )
    waivers = Waivers(read_waivers(str(tmp_path / "w.toml")), TODAY)
    answer = CONTRACT.check_response(STARTED.replace("<b:Response>42</b:Response>", ""))
    assert waivers.apply(BROKEN).kept
    assert waivers.apply(answer).kept
    assert waivers.apply(CONTRACT.check_response(STOPPED)).kept
    assert len(waivers.remarks()) == 1
    assert "body-order" in waivers.remarks()[0]


def test_a_verdict_that_could_not_be_given_is_not_waived(tmp_path: Path) -> None:
    deep = CONTRACT.check_request(request("<b:a>" * 300 + "</b:a>" * 300))
    assert applied(tmp_path, waiver(), deep)[0].outcome == deep.outcome


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("waiver = 1", "array of tables"),
        ("[waiver]\nrule = 'value-lexical'", "array of tables"),
        ("[[waiver]]\nreason = 'x'", "names no rule"),
        ("[[waiver]]\nrule = 5", "names no rule"),
        ("[[waiver]]\nrule = 'value-lexicle'", "no rule 'value-lexicle'"),
        ("[[waiver]]\nrule = 'value-lexical'\nuntill = '2027-01-01'", "unknown key 'untill'"),
        ("[[waiver]]\nrule = 'value-lexical'\nuntil = 'soon'", "no date"),
        ("[[waiver]]\nrule = 'value-lexical'\nuntil = '2027-02-30'", "no date"),
        ("[[waiver]]\nrule = 'value-lexical'\nuntil = 5", "date"),
        ("[[waiver]]\nrule = 'value-lexical'\nreason = 5", "text"),
        ("[[waiver", "not TOML"),
        ("\u00e6 = ", "not TOML"),
        ("a = " + "[" * 5000, "nested too deep"),
        ("a = " + "9" * 5000, "not TOML"),
    ],
)
def test_a_file_that_is_wrong(toml: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "w.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(contracts.ContractsError) as caught:
        read_waivers(str(tmp_path / "w.toml"))
    assert said in str(caught.value)
    assert "w.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# \xe6")
    for name in ("missing.toml", "latin.toml", "."):
        with pytest.raises(contracts.ContractsError) as caught:
            read_waivers(str(tmp_path / name))
        assert "\n" not in str(caught.value)


def test_no_waiver_is_fine(tmp_path: Path) -> None:
    verdict, remarks = applied(tmp_path, "# none yet\n")
    assert verdict is BROKEN
    assert not remarks
