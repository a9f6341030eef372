"""Foreign text is shown, and does nothing."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesentinel.render.ascii import escaped

any_text = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain words, 1 < 2", "plain words, 1 < 2"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines\r\t", "two\\nlines\\r\\t"),
        ("C:\\new", "C:\\\\new"),
        ("\u00fcber", "\\xfcber"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("\U0001f600", "\\U0001f600"),
        ("lone \udcff", "lone \\udcff"),
        ("", ""),
    ],
)
def test_each_character_that_could_do_something_is_spelled_out(text, safe):
    assert escaped(text) == safe


@given(any_text)
def test_two_different_texts_never_look_the_same(text):
    """For what is shown can be read back."""
    quoted = escaped(text).replace('"', '\\"')
    assert ast.literal_eval(f'"{quoted}"') == text


@given(any_text, st.integers(1, 30))
def test_a_limit_is_kept_and_a_cut_is_shown(text, limit):
    whole, cut = escaped(text), escaped(text, limit)
    assert len(cut) <= limit
    assert cut == whole or cut.endswith("..."[:limit])
    assert all(" " <= character <= "~" for character in cut)
