"""A page inside a notebook."""

from __future__ import annotations

from kg.page.notebook import Inline


def test_the_page_is_framed_and_escaped() -> None:
    shown = Inline('<p class="a">&</p>', height=100)._repr_html_()
    assert 'srcdoc="&lt;p class=&quot;a&quot;&gt;&amp;&lt;/p&gt;"' in shown
    assert "height:100px" in shown
    assert repr(Inline("abc")) == "Inline(a page of 3 characters, height=560)"
