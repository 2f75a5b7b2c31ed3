"""An auditor sees every character of a text, and nothing of it acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.review.revealed import revealed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Combien de jours ?", "Combien de jours ?"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("ad\u200bmin", "ad<mark>U+200B</mark>min"),
        ("\u202eabc", "<mark>U+202E</mark>abc"),
        ("\U000e0041\U000e0042", "<mark>U+E0041</mark><mark>U+E0042</mark>"),
        ("a\x00b", "a<mark>U+0000</mark>b"),
        ("une ligne\nune autre", "une ligne\nune autre"),
    ],
)
def test_what_has_no_shape_is_written_by_its_code_point(text: str, shown: str) -> None:
    assert str(revealed(text)) == shown


@given(st.text())
def test_whatever_the_text_nothing_of_it_is_markup(text: str) -> None:
    bare = str(revealed(text)).replace("<mark>", "").replace("</mark>", "")
    assert not set("<>\"'\u200b\u202e\x00") & set(bare)
