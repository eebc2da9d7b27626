"""Styles and sizes: WeasyPrint's own, by a shorter way."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import weasyprint
from weasyprint.css import ComputedStyle
from weasyprint.css.properties import INITIAL_VALUES

from sheetreport.render import sizes, styles

PAGE = """<html lang="en"><style>
@page { size: 300px 400px; margin: 10% 5% }
body { font: 12px/1.5 serif; color: #123456; --own: 3px; direction: rtl }
div { margin-inline-start: 11px; padding-block: 2% 1px; border-inline-end: 2px solid; width: 80% }
p { margin: 1em 10%; text-decoration: underline; padding-left: var(--own); max-width: 50% }
p b { font-size: 150%; border: 1px solid; text-decoration: line-through; width: calc(1em + 10%) }
i { float: left; border: thick none; border-start-start-radius: 4px; display: inline; min-height: 10% }
.fixed { height: 90px; box-sizing: border-box; padding: 5px } .fixed p { height: 50%; min-height: auto }
table { border-collapse: collapse; border: 3px solid; width: 100% } td { border: 1px solid; padding: 4% }
th { border: 5px solid; vertical-align: top } aside { columns: 2; position: relative; inset-inline-end: 10% }
</style><body><div><p>One <b>two</b> <i>three</i></p></div><div class=fixed><p>Four</p></div>
<table><tr><th>Five<p>Six</p></th><td><p>Six</p></td></tr><tr><td>Seven</td><td>Eight</td></tr></table>
<aside><p>Nine</p><p>Ten</p></aside><table><tr><td>Eleven</td><td>Twelve</td></tr></table></body></html>"""


def laid_out() -> list[Any]:
    pages = weasyprint.HTML(string=PAGE).render().pages
    return [box for page in pages for box in page._page_box.descendants(placeholders=True)]


def values(style: Any) -> list[str]:
    """Those of the sides of a box, which stand for those of its lines as well."""
    return [repr(style[name]) for name in INITIAL_VALUES if not {"block", "inline"} & set(name.split("_"))]


def measures(boxes: list[Any]) -> list[object]:
    return [(type(box), [getattr(box, name, None) for name in sizes.SIZES]) for box in boxes]


def test_styles_are_those_that_weasyprint_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [values(box.style) for box in laid_out()]
    monkeypatch.setattr(ComputedStyle, "__missing__", styles._compute)
    assert ours == [values(box.style) for box in laid_out()]


def test_what_no_rule_speaks_of_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    computed = Counter[str]()

    def compute(style: Any, key: str) -> object:
        computed[key] += 1
        return weasyprint_s(style, key)

    weasyprint_s = styles._compute
    monkeypatch.setattr(styles, "_compute", compute)
    style = next(box.style for box in laid_out() if box.element_tag == "td")
    computed.clear()
    style.clear()
    assert style["padding_top"].value == 4
    assert (style["word_spacing"], style["opacity"], style["font_size"]) == (0, 1, 12)
    assert set(computed) == {"padding_top"}


def test_sizes_are_those_that_weasyprint_works_out(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = measures(laid_out())
    assert len(ours) > 50
    for module in sizes.PLACES:
        monkeypatch.setattr(module, "resolve_percentages", sizes._resolve)
    assert ours == measures(laid_out())


def test_the_same_size_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out: list[Any] = []

    def resolve(box: Any, around: Any) -> None:
        worked_out.append(box)
        weasyprint_s(box, around)

    weasyprint_s = sizes._resolve
    monkeypatch.setattr(sizes, "_resolve", resolve)
    weasyprint.HTML(string="<p>A line</p>").render()
    once = len(worked_out)
    worked_out.clear()
    weasyprint.HTML(string="<p>A line</p>" * 20).render()
    assert len(worked_out) == once > 0
