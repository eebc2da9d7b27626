"""Contacts in the owner's words are recognised and never printed."""

from __future__ import annotations

import pytest

from sheetreport.catalog.load import load_catalog
from sheetreport.contacts import has_contacts, without_contacts
from sheetreport.i18n import Wording
from sheetreport.render.view import build
from tests.test_view import metric, result


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("пишите на usy@example.org, ответим", "пишите на …, ответим"),
        ("звоните +7 (912) 000-00-00", "звоните …"),
        ("звоните 8 912 000-00-00 до шести", "звоните … до шести"),
        ("call +44 20 7946 0000", "call …"),
    ],
)
def test_a_contact_gives_way_to_an_ellipsis(text: str, left: str) -> None:
    assert has_contacts(text)
    assert without_contacts(text) == left


@pytest.mark.parametrize(
    "text", ["выручка 720 000 000 рублей", "с 01.10.2026 по 31.10.2026", "в 8 часов 30 минут", ""]
)
def test_numbers_and_dates_are_no_contacts(text: str) -> None:
    assert not has_contacts(text)
    assert without_contacts(text) == text


def printed(document: dict[str, object]) -> str:
    return repr(build(document, load_catalog(), Wording("ru")))


def test_the_owner_s_comment_stands_below_the_figures_without_contacts() -> None:
    document = result(
        [metric("aov", 1500)], scalars={"clients.comments": "Был ремонт, звоните +7 912 000-00-00"}
    )
    shown = printed(document)
    assert "Ваш комментарий: «Был ремонт, звоните …»" in shown
    assert "912" not in shown
    assert "Ваш комментарий" not in printed(result([metric("aov", 1500)]))


def test_the_ideal_picture_stands_beside_its_theme() -> None:
    values = {"theme": "ждать", "kind": "dislike", "mentions": 9, "action": None, "ideal": "никто не ждёт"}
    row = {
        "index": 1,
        "subject": "ждать",
        "values": {
            f"feedback.{key}": {"value": value, "state": "value", "sheet": "Отзывы", "cell": "B2"}
            for key, value in values.items()
        },
    }
    assert "В идеале: никто не ждёт" in printed(result(tables={"feedback": [row]}))
