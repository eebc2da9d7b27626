"""The portfolio without a browser: rows, their order, peers, the page's structure and texts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sheetreport.bureau.brand import Brand, load_brand
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import Language
from sheetreport.outputs import PAGE
from sheetreport.portfolio import Entry, build
from sheetreport.portfolio.clients import Client, Urgency, read_clients
from sheetreport.portfolio.peers import Compared, quartiles
from tests.client_folder import ALDER, BIRCH, ORDER, entry, folder
from tests.conftest import SAMPLES
from tests.small_results import made


def clients(out: Path, entries: list[Entry] | None = None, language: Language = "en") -> list[Client]:
    return read_clients(folder(out) if entries is None else entries, out, load_catalog(), Wording(language))


def page(
    out: Path, entries: list[Entry] | None = None, language: Language = "en", brand: Brand | None = None
) -> str:
    files = build(folder(out) if entries is None else entries, out, load_catalog(), language, brand)
    return files[PAGE].decode()


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


class Outline(HTMLParser):
    """The elements of a page with their attributes, and all of its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & {*self._open}:
            self.text += data + " "

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


# --- rows -------------------------------------------------------------------------------------------


def test_those_who_need_attention_come_first(tmp_path: Path) -> None:
    found = clients(tmp_path)
    assert tuple(client.name for client in found) == ORDER
    assert [client.urgency for client in found] == [
        Urgency.NO_REPORT, Urgency.NO_REPORT, Urgency.URGENT_ACTION, Urgency.GOAL_MISSED, Urgency.WRONG_CELLS,
        Urgency.NONE, Urgency.NONE,
    ]  # fmt: skip


def test_of_equally_urgent_clients_the_one_with_more_reasons_comes_first(tmp_path: Path) -> None:
    one_reason = BIRCH | {"company": "Ash", "goals": [], "health": {**BIRCH["health"], "score": 10}}
    found = clients(tmp_path, [entry(tmp_path, "ash", one_reason), entry(tmp_path, "birch", BIRCH)])
    assert [client.name for client in found] == ["Birch Salon", "Ash"]


def test_every_reason_is_named_and_says_what_to_do(tmp_path: Path) -> None:
    reasons = {client.name: [one.text for one in client.reasons] for client in clients(tmp_path)}
    assert reasons["elm"] == ["Clients B5: “Total” is blank. Type a number, e.g. 480."]
    assert reasons["fir"] == ["notes/fir.md: two workbooks go by this name."]
    assert reasons["Birch Salon"] == [
        "stop the flyers", "“200 leads”: now 48, target 100\N{NO-BREAK SPACE}leads, overdue",
    ]  # fmt: skip
    assert [plain(text) for text in reasons["Cedar Garage"]] == [
        "2 places. Clients B5: “Total” is blank. Type a number, e.g. 480.",
        "“300 leads”: now 48, target 100 leads, at risk",
    ]
    assert reasons["Alder Café"] == []


def test_a_traceback_is_told_in_words(tmp_path: Path) -> None:
    [found] = clients(
        tmp_path, [Entry("/inbox/gorse.xlsx", "failed", [], 'Traceback:\n  File "x.py"\nKeyError')]
    )
    assert found.todo.startswith("The program could not handle this workbook.")
    assert "KeyError" not in found.todo


@pytest.mark.parametrize("content", ["{half", "[1, 2]"])
def test_a_result_that_somebody_spoilt_is_a_row_without_one(tmp_path: Path, content: str) -> None:
    spoilt = entry(tmp_path, "gorse", ALDER)
    spoilt.outputs[0].write_text(content)
    [found] = clients(tmp_path, [spoilt])
    assert (found.digest, found.status, found.name) == (None, "failed", "gorse")


def test_links_are_relative_and_encoded_in_the_order_of_use(tmp_path: Path) -> None:
    strange = next(client for client in clients(tmp_path) if client.file.startswith("hostile"))
    stem = "hostile%20%26%20%E2%84%96%231"
    assert [(link.kind, link.href) for link in strange.links] == [
        ("pdf", f"{stem}/{stem}-report.pdf"),
        ("workbook", f"{stem}/{stem}-report.xlsx"),
        ("json", f"{stem}/{stem}-report.json"),
        ("draft", f"{stem}/{stem}.eml"),
    ]


def test_nothing_outside_the_folder_is_linked(tmp_path: Path) -> None:
    apart = Entry("/inbox/a.xlsx", "complete", [tmp_path / "elsewhere" / "a-report.pdf"])
    [found] = clients(tmp_path / "out", [apart])
    assert found.links == ()


def test_a_client_with_several_periods_counts_once_with_the_latest(tmp_path: Path) -> None:
    def period(start: str, end: str) -> dict[str, Any]:
        return {"type": "month", "start": start, "end": end, "months": 1}

    older = ALDER | {"period": period("2026-09-01", "2026-09-30"), "company": "alder  café"}
    entries = [entry(tmp_path, "new", ALDER), entry(tmp_path, "old", older)]
    counted = {client.file: client.is_latest for client in clients(tmp_path, entries)}
    assert counted == {"new.xlsx": True, "old.xlsx": False}


@pytest.mark.parametrize(("spoken", "expected"), [(["ru", "ru", "en"], "ru"), (["en", "ru", "en"], "en")])
def test_the_page_speaks_the_language_of_most_results(
    tmp_path: Path, spoken: list[str], expected: str
) -> None:
    entries = [
        entry(tmp_path, f"client-{number}", made(language=language)) for number, language in enumerate(spoken)
    ]
    html = build(entries, tmp_path, load_catalog())[PAGE].decode()
    assert f'<html lang="{expected}">' in html


# --- peers ------------------------------------------------------------------------------------------


def of(*values: float, metric: str = "nps", currency: str = "GBP") -> list[Compared]:
    return [Compared(currency, {metric: value}) for value in values]


def test_quartiles_are_a_quarter_of_the_way_between_clients() -> None:
    """QUARTILE.INC of 1…6: the places 1.25, 2.5 and 3.75 after the first."""
    [found] = quartiles(of(6, 1, 5, 2, 4, 3))
    assert (found.low, found.median, found.high) == (2.25, 3.5, 4.75)
    [found] = quartiles(of(10, 20, 30, 40, 50))
    assert (found.low, found.median, found.high) == (20, 30, 40)


def test_fewer_than_five_are_hidden_but_counted() -> None:
    [found] = quartiles(of(1, 2, 3, 4))
    assert (found.count, found.low, found.median, found.high) == (4, None, None, None)


def test_money_is_compared_within_a_currency_alone() -> None:
    pounds, euros = of(1, 2, 3, 4, 5, metric="cac"), of(100, 200, metric="cac", currency="EUR")
    found = {one.currency: (one.count, one.median) for one in quartiles([*pounds, *euros])}
    assert found == {"GBP": (5, 3), "EUR": (2, None)}


def test_what_cannot_be_compared_is_not() -> None:
    assert quartiles(of(1, 2, 3, 4, 5, metric="new_clients_per_month")) == []


# --- the page ---------------------------------------------------------------------------------------


def test_the_page_loads_nothing_and_runs_only_its_own_script(tmp_path: Path) -> None:
    html = page(tmp_path)
    found = Outline(html)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert style
    assert script
    [policy] = [one["content"] for one in found.all("meta") if one.get("http-equiv")]
    hashes = [
        base64.b64encode(hashlib.sha256(part[1].encode()).digest()).decode() for part in (style, script)
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "//" not in re.sub(r"data:[\w/;,+=-]+|// What[^\n]*|// Browsers[^\n]*", "", html)
    used = {name for _, attributes in found.elements for name in attributes}
    assert not {name for name in used if name.startswith("on")} | used & {"style", "srcset"}
    addresses = [one.get("href") or "" for one in (*found.all("a"), *found.all("link"))]
    assert not [href for href in addresses if re.match(r"[a-z]+:", href) and href != "data:,"]


def test_what_owners_typed_stays_text(tmp_path: Path) -> None:
    html = page(tmp_path)
    found = Outline(html)
    assert len(found.all("script")) == 1
    assert len(found.all("b")) == 3  # the figures of the head
    assert not found.all("i")
    assert '<script>alert(1)</script> =1+1 & "Co" شركة' in found.text
    assert "\u202e" not in html
    assert found.all("bdi")


def test_every_client_has_a_row_with_figures_or_reasons(tmp_path: Path) -> None:
    found = Outline(page(tmp_path))
    rows = [one for one in found.all("tr") if "data-is" in one]
    assert [one["data-is"] for one in rows] == [
        "all none attention", "all none attention", "all complete attention", "all complete attention",
        "all partial attention", "all complete", "all complete",
    ]  # fmt: skip
    text = plain(found.text)
    for said in ("+40", "(+20 to +60)", "50 answers", "£10", "(£5–20)", "2 mo", "€5", "nobody asked",
                 "30% of the weight is judged", "no goals were given", "no monthly profit"):  # fmt: skip
        assert said in text, said


def test_the_head_counts_and_names_the_first(tmp_path: Path) -> None:
    text = " ".join(plain(Outline(page(tmp_path)).text).split())
    assert "7 workbooks, 5 reports Complete reports: 4, partial: 1, none: 2." in text
    assert "Errors in 2 workbooks" in text
    assert "5 to fix" in text
    assert "5 clients need attention" in text
    first = text.index("Birch Salon . Urgent action: stop the flyers")
    assert (
        text.index("elm . No report:") < first < text.index("Cedar Garage . To fix in the workbook: 2 places")
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [(5, None), (6, "Here are the first 5; 1 more is in the table below."), (8, "first 5; 3 more are in")],
)
def test_those_who_are_not_among_the_first_are_counted(tmp_path: Path, number: int, said: str | None) -> None:
    entries = [entry(tmp_path, f"birch {count}", BIRCH) for count in range(number)]
    text = plain(Outline(page(tmp_path, entries)).text)
    assert (said or f"{number} clients need attention") in text
    assert ("in the table below" in text) == (said is not None)


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        (["Ash", "<b>Oak</b>"], "2 clients have sent nothing yet: Ash, <b>Oak</b>."),
        ([f"C{number}" for number in range(22)], "C18, C19 and 2 more."),
        ([], "Everyone on the list of clients has sent theirs."),
    ],
)
def test_who_of_the_list_sent_nothing_is_named(tmp_path: Path, absent: list[str], said: str) -> None:
    html = build(folder(tmp_path), tmp_path, load_catalog(), "en", absent=absent)[PAGE].decode()
    assert said in plain(Outline(html).text)
    assert "on the list" not in page(tmp_path)
    assert "nothing yet" not in page(tmp_path)


def test_unknown_has_no_key_to_be_sorted_by(tmp_path: Path) -> None:
    cells = [one for one in Outline(page(tmp_path)).all("td") if "c-nps" in (one["class"] or "")]
    assert [one.get("data-key") for one in cells] == [
        None, None, "-10.000000", "5.000000", None, "0.000000", "40.000000",
    ]  # fmt: skip


def test_currencies_are_kept_apart_and_that_is_said(tmp_path: Path) -> None:
    html = page(tmp_path)
    groups = [one.get("data-group") for one in Outline(html).all("td") if "c-cac" in (one["class"] or "")]
    assert groups == [None, None, "GBP", "GBP", "GBP", "EUR", "GBP"]
    assert "There are several currencies: EUR, GBP." in html
    alone = page(tmp_path, [entry(tmp_path, "alder", ALDER)])
    assert "several currencies" not in alone


def test_earlier_periods_of_a_client_ask_for_nothing(tmp_path: Path) -> None:
    """An urgent action and an overdue goal in March and in October: only those of October count."""
    march = BIRCH | {"period": {"start": "2026-03-01", "end": "2026-03-31", "type": "month"}}
    html = page(tmp_path, [entry(tmp_path, "march", march), entry(tmp_path, "birch", BIRCH)])
    text = " ".join(plain(Outline(html).text).split())
    assert "1 client needs attention" in text
    assert "1 of 1 client " in text
    october, past = text.split("birch.xlsx")[1].split("march.xlsx")
    assert "Urgent action" in october
    assert "an earlier period" in past
    assert "Urgent action" not in past


def test_peers_show_medians_and_say_why_others_are_hidden(tmp_path: Path) -> None:
    """NPS of four clients; the cost of a client of five, of whom one pays in euros; payback of four."""
    text = " ".join(plain(Outline(page(tmp_path)).text).split())
    hidden = "Hidden so that nobody can be recognised, with fewer than 5 values:"
    assert "; Net Promoter Score (NPS);" in text.split(hidden)[1]
    more = entry(tmp_path, "hazel", ALDER | {"company": "Hazel", "currency": "EUR"})
    text = " ".join(plain(Outline(page(tmp_path, [*folder(tmp_path), more])).text).split())
    assert "Net Promoter Score (NPS) 5 0 +5 +40" in text  # −10, 0, 5, 40, 40
    assert "; Customer acquisition cost (CAC), EUR, GBP" in text.split(hidden)[1]
    assert "(NPS)" not in text.split(hidden)[1]


def test_a_word_in_another_language_is_marked(tmp_path: Path) -> None:
    html = page(tmp_path, language="ru")
    assert '<html lang="ru">' in html
    assert '<span lang="en">Ask every client</span>' in html
    assert "Портфель клиентов" in html
    assert '<span lang="en">' not in page(tmp_path)


def test_both_languages_show_the_same_clients_and_keys(tmp_path: Path) -> None:
    keys = [
        [one.get("data-key") for one in Outline(page(tmp_path, language=language)).all("td")]
        for language in ("ru", "en")
    ]
    assert keys[0] == keys[1]


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    first = build(folder(tmp_path), tmp_path, load_catalog(), "ru")
    again = build(folder(tmp_path), tmp_path, load_catalog(), "ru")
    assert first == again
    assert {*first} == {"index.html", "portfolio.xlsx"}


def test_a_brand_brings_its_colours_name_and_logo(tmp_path: Path) -> None:
    brand = load_brand(SAMPLES / "own-brand" / "brand.yaml")
    html = page(tmp_path, brand=brand)
    assert "--accent: #0f5c5c" in html
    assert "--good: #1b7a5a" in html  # what a brand may not change
    assert brand.name.en in Outline(html).text
    [logo] = Outline(html).all("img")
    assert logo["alt"] == brand.name.en
    assert (logo["src"] or "").startswith("data:image/png;base64,")


def test_the_date_is_that_of_the_newest_result(tmp_path: Path) -> None:
    dated = ALDER | {"generated_at": "2026-11-22T08:51:41+00:00"}
    assert "Updated 22\N{NO-BREAK SPACE}November\N{NO-BREAK SPACE}2026" in page(
        tmp_path, [entry(tmp_path, "alder", dated)]
    )
    assert "Updated" not in page(tmp_path)


def test_the_trend_is_there_when_a_history_is(tmp_path: Path) -> None:
    series = [{"metric": id_, "name": name} for id_, name in (("nps", "NPS"), ("cac", "CAC"), ("csi", "CSI"))]
    history = {"periods": [{}, {}], "series": series, "better": ["nps"], "worse": ["cac"], "unclear": ["csi"]}
    entries = [
        entry(tmp_path, "alder", ALDER | {"history": history}),
        entry(tmp_path, "hazel", ALDER | {"company": "Hazel"}),
    ]
    text = " ".join(plain(Outline(page(tmp_path, entries)).text).split())
    assert "worse: CAC better: NPS within the margin of error: 1" in text
    assert "Who is improving? Improving: 0, worsening: 0 0 worse, of 1 client with an earlier period" in text
    assert "nothing to compare with" in text
    assert "nothing to compare with" not in page(tmp_path)


def test_those_who_get_worse_are_named(tmp_path: Path) -> None:
    """Worse is who has more figures that worsened than improved."""
    series = [{"metric": id_, "name": id_} for id_ in ("nps", "cac", "csi")]
    ways = {"Up": (["nps"], []), "Down": ([], ["cac"]), "Lower": (["nps"], ["cac", "csi"])}
    entries = [
        entry(
            tmp_path,
            name,
            ALDER
            | {"company": name}
            | {
                "history": {"periods": [{}, {}], "series": series, "better": up, "worse": down, "unclear": []}
            },
        )
        for name, (up, down) in ways.items()
    ]
    text = " ".join(plain(Outline(page(tmp_path, entries)).text).split())
    assert "Improving: 1, worsening: 2 Worsening: Down, Lower. 2 worse, of 3 clients" in text


def test_samples_fit_into_a_portfolio(tmp_path: Path) -> None:
    """What the stages really write has everything that a row needs."""
    documents = [json.loads(file.read_text("utf-8")) for file in sorted(SAMPLES.glob("*/result.json"))]
    entries = [entry(tmp_path, f"sample-{number}", one) for number, one in enumerate(documents)]
    assert len(entries) == 6
    html = page(tmp_path, entries, "ru")
    assert html.count("data-is=") == 6
