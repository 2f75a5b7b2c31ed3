"""The evidence file says what a run found: a failed, a skipped, a missing test is told and ends it with 1."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.evidence import __main__ as evidence
from tests.evidence.controls import Control, Framework
from tests.evidence.report import WORDS, Verdict, as_markdown, proofs
from tests.evidence.results import Run, read

PASSED = '<testcase classname="tests.a.test_one" name="test_first[1]" />'
OTHER = '<testcase classname="tests.a.test_one" name="test_first[2]">{}</testcase>'
RUN = '<testsuites><testsuite name="abc" hostname="ici" timestamp="2026-11-27T12:00:00">{}</testsuite></testsuites>'
FIRST = "tests/a/test_one.py::test_first"


def control(*tests: str, operator: str = "") -> Framework:
    one = Control(id="1", title="Un contrôle", how="Ainsi.", tests=tests, operator=operator)
    return Framework(order=1, title="Un texte", about="Ce qu’il est.", control=(one,))


def run_of(tmp_path: Path, *cases: str) -> Run:
    (tmp_path / "tests.xml").write_text(RUN.format("".join(cases)))
    return read(tmp_path / "tests.xml")


@pytest.mark.parametrize(
    ("cases", "named", "verdict"),
    [
        ([PASSED], FIRST, "holds"),
        ([PASSED], "tests/a/test_one.py", "holds"),
        ([PASSED], "tests/a/", "holds"),
        ([PASSED, OTHER.format("<skipped />")], FIRST, "holds"),
        ([PASSED, OTHER.format("<failure />")], FIRST, "failed"),
        ([PASSED, OTHER.format("<error />")], "tests/a/", "failed"),
        ([OTHER.format("<skipped />")], FIRST, "skipped"),
        ([PASSED], "tests/a/test_one.py::test_second", "missing"),
        ([PASSED], "tests/a/test_one.py::test_fir", "missing"),
        ([PASSED], "tests/b/", "missing"),
        ([], FIRST, "missing"),
    ],
)
def test_a_control_holds_where_its_test_passed_and_none_failed(
    tmp_path: Path, cases: list[str], named: str, verdict: Verdict
) -> None:
    (proof,) = proofs([control(named)], run_of(tmp_path, *cases))
    assert proof.verdict == verdict


def test_one_test_that_did_not_pass_counts_whatever_the_others_did(tmp_path: Path) -> None:
    run = run_of(tmp_path, PASSED)
    assert [proof.verdict for proof in proofs([control(FIRST, "tests/b/")], run)] == ["missing"]
    assert [proof.verdict for proof in proofs([control(operator="tout.")], run)] == ["operator"]


@pytest.mark.parametrize(("commit", "verdict"), [("abc", "holds"), ("abd", "missing"), ("", "missing")])
def test_tests_that_run_apart_count_where_they_tried_the_same_version(
    tmp_path: Path, commit: str, verdict: Verdict
) -> None:
    run, apart = run_of(tmp_path), replace(run_of(tmp_path, PASSED), commit=commit)
    (proof,) = proofs([control(FIRST)], run.beside(apart))
    assert proof.verdict == verdict


def test_people_read_the_circumstances_and_first_what_is_not_proven(tmp_path: Path) -> None:
    run = run_of(tmp_path, PASSED, OTHER.format("<failure />"))
    told = as_markdown(proofs([control(FIRST)], run), {"Machine": "ici"})
    assert "- Machine\u202f: ici" in told
    assert f"- Un texte, 1\u202f: {WORDS['failed']}" in told
    assert f"| 1 | Un contrôle | {WORDS['failed']} | `{FIRST}`\u202f: 1 réussis, 1 en échec |" in told


def test_the_file_is_written_and_one_control_without_proof_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evidence, "frameworks", lambda: [control(FIRST)])
    run_of(tmp_path, PASSED)
    assert evidence.main(tmp_path, tmp_path / "evidence") == 0
    written = json.loads((tmp_path / "evidence" / "preuves.json").read_text())
    assert written["verdicts"] == {"holds": 1}
    assert written["controls"][0]["tests"] == [{"name": FIRST, "counts": {"passed": 1}, "verdict": "holds"}]
    around = written["circumstances"]
    assert (around["Version testée"], around["Tests commencés"]) == ("abc", "2026-11-27T12:00:00")
    assert len(around["SHA-256 de requirements.lock"]) == 64
    run_of(tmp_path)
    assert evidence.main(tmp_path, tmp_path / "evidence") == 1
    assert f"Un texte, 1\u202f: {WORDS['missing']}" in capsys.readouterr().out
    assert WORDS["missing"] in (tmp_path / "evidence" / "preuves.md").read_text()


@pytest.mark.parametrize("content", [None, "", "<testsuites />", "<testsuites><testsuite>"])
def test_without_a_whole_run_there_is_no_evidence(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "tests.xml").write_text(content)
    assert evidence.main(tmp_path, tmp_path / "evidence") == 1
    assert "make test" in capsys.readouterr().err
    assert not (tmp_path / "evidence").exists()


def test_pytest_writes_what_is_read_here(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """The names that a control uses are those of pytest's own file, of a run in processes too."""
    plugin = pytestconfig.pluginmanager.get_plugin("junitxml")
    assert plugin is not None
    assert plugin.mangle_test_address(f"{FIRST}[1]") == ["tests.a.test_one", "test_first[1]"]
