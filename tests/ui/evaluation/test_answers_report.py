"""The report of an evaluation of answers as one page."""

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

from retrieval import RunsDiffer
from tests.retrieval.evaluated import question, run
from tests.ui.evaluation.test_comparing import answer, answers
from ui.evaluation.kept_report import report_of
from ui.evaluation.output_file import HEAD_BYTES, REPORT_MARK

HOSTILE = """<script>alert(1)</script> & "'></svg> {{ 7 * 7 }}"""
BEFORE = answers(answer("a", "1", cited=("1",)), answer("b", refused=True), answer("gone", refused=True))
AFTER = answers(answer("a", "1", refused=True), answer("b"), answer("c", "1", "2", cited=("1", "9"), wrong=1))


def parsed(page: str) -> Any:
    return html.fromstring(page)


def test_the_page_tells_figures_outcomes_and_what_is_not_as_expected() -> None:
    page = report_of(AFTER, "Accueil")
    assert REPORT_MARK in page[:HEAD_BYTES]
    told = parsed(page)
    assert "3, dont 1 à refuser" in told.xpath("string(//header)")
    figures = {row.xpath("string(th)"): row.xpath("string(td)") for row in told.xpath("//section[1]//tbody/tr")}
    assert (figures["Sans réponse : refusées"], figures["Avec réponse : refusées à tort"]) == ("0,0 %", "50,0 %")
    outcomes = [int(cell) for cell in told.xpath("//section[@aria-labelledby='issues-titre']//tbody/tr/td/text()")]
    assert outcomes == [0, 1, 1, 0, 1]
    worst = told.xpath("//article/p[@class='where']/text()")
    assert worst[0] == "a · refusée à tort"
    assert len(worst) == 3
    assert "Toutes les questions sont traitées comme attendu" in report_of(answers(answer("b", refused=True)), "x")


def test_beside_an_earlier_one_it_tells_what_moved_of_the_questions_that_both_asked() -> None:
    told = parsed(report_of(AFTER, "Accueil", BEFORE)).xpath("string(//main)")
    assert "0 mieux traitées qu’avant, 2 moins bien, sur 2." in told
    assert "Question gone" not in told
    with pytest.raises(RunsDiffer):
        report_of(AFTER, "x", run([question("a", ["1"], ["1"])]))
    with pytest.raises(RunsDiffer):
        report_of(AFTER, "x", answers(answer("z")))


def test_words_of_others_stay_words_and_nothing_comes_from_elsewhere() -> None:
    told = replace(answer(HOSTILE, HOSTILE, cited=(HOSTILE,), wrong=1), question=HOSTILE, text=HOSTILE, set=HOSTILE)
    page = report_of(answers(told), HOSTILE)
    assert parsed(page).xpath("//script | //*[@onload or @onerror]") == []
    assert HOSTILE in parsed(page).xpath("string(//article/h3)")
    assert not re.search(r"https?:|\bsrc=|url\(|@import|<link|<iframe|<img", page)


def test_headings_stand_in_order_and_plots_have_words() -> None:
    told = parsed(report_of(AFTER, "Accueil", BEFORE))
    levels = [int(one.tag[1]) for one in told.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(
        one.xpath("@aria-labelledby | @aria-label | title") for one in told.xpath("//svg | //*[local-name()='svg']")
    )
    ids = told.xpath("//@id")
    assert len(ids) == len(set(ids))
