"""Chapter: where each number comes from, chapter by chapter: formula, the owner's figures and cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheetreport.catalog.definitions import FieldType, Unit
from sheetreport.render.view.actions import effect_lines, number_of
from sheetreport.render.view.facts import Facts, Json, Measured, Source
from sheetreport.render.view.model import Body, Proof, Proofs, Wide
from sheetreport.render.view.words import Words, bind, clean, cut

MOST_ROWS = 6  # rows of a table under one formula; the workbook has all of them
MOST_CELLS = 4
MOST_VALUES = 12
COLUMN = 200.0  # points: the height of columns that are kept together
PAIR_GAP, MOST_IN_PAIR = 1.0, 16
LONGEST_FORMULA, LONGEST_FIGURES = 150, 170
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")
_SUM = ("points", "of", "score")
_GOAL_NUMBERS = (
    "goal_progress",
    "goal_elapsed",
    "goal_expected_now",
    "goal_required_pace_week",
    "goal_current_pace_week",
    "goal_forecast",
    "goal_gap",
)


@dataclass(frozen=True, slots=True)
class Read:
    """What a chapter rests on."""

    id: str
    name: str
    sources: Sequence[Source]


def chapter(facts: Facts, words: Words, chapters: Sequence[Read]) -> Body:
    """Every number stands under the first chapter that prints it."""
    seen: set[Source] = set()
    blocks = []
    for one in chapters:
        new = [source for source in one.sources if source not in seen]
        seen.update(new)
        entries = tuple(_entries(facts, words, one, new))
        if entries:
            blocks.append(Wide(one.name, tuple(columns(entries)), close=True))
    return Body(
        id="proof",
        name=_t(words, "name"),
        claim=bind(_t(words, "claim")),
        lead=_t(words, "lead", sheet=words.wording.text("workbook.sheet_method")),
        blocks=tuple(blocks),
    )


def columns(entries: Sequence[Proof]) -> Iterator[Proofs]:
    """Entries in pairs of columns, cut so that they take the least height; a pair is kept on one page.

    `best` has for the first n entries that least height, and where the last of their pairs begins and parts.
    """
    heights = [entry.height for entry in entries]
    best: list[tuple[float, int, int]] = [(0.0, 0, 0)]
    for end in range(1, len(entries) + 1):
        best.append(
            min(
                (best[start][0] + PAIR_GAP + height, start, at)
                for start in range(max(0, end - MOST_IN_PAIR), end)
                for at in range(start + 1, end + 1)
                if (height := max(sum(heights[start:at]), sum(heights[at:end]))) <= COLUMN or end == start + 1
            )
        )
    pairs, end = [], len(entries)
    while end:
        _, start, at = best[end]
        pairs.append(Proofs(tuple(entries[start:at]), tuple(entries[at:end])))
        end = start
    yield from reversed(pairs)


def _t(words: Words, key: str, **params: str | float | int) -> str:
    return words.wording.text(f"proof.{key}", **params)


def _entries(facts: Facts, words: Words, chapter: Read, sources: Sequence[Source]) -> Iterator[Proof]:
    if chapter.id == "goals":
        yield from (_goal(words, number, goal) for number, goal in enumerate(facts.goals, start=1))
    if chapter.id == "plan":
        yield from _total(facts, words)
        yield from (_effect(facts, words, item) for item in facts.recommendations if _is_worth(item))
    if chapter.id == "front":
        yield from _health(facts, words)
    for source in sources:
        if source.kind == "metric" and (
            known := [one for one in facts.of_metric(source.id) if _is_told(one)]
        ):
            yield _metric(words, known)
    given = [text for source in sources if (text := _given(facts, words, source))]
    if given:
        yield Proof("", _t(words, "answers"), "; ".join(given))


def _metric(words: Words, known: Sequence[Measured]) -> Proof:
    """One formula, and below it the figures of the company or of the rows; cells of all rows stand once."""
    formula = next((one.formula for one in known if one.formula), "")
    if len(known) == 2 and known[0].calculation == known[1].calculation:
        known = known[:1]  # the only row is the company's own number
    shared = _shared(known)
    figures = [*_rows(words, known[:MOST_ROWS], shared)]
    rest = len(known) - MOST_ROWS
    if rest > 0:
        figures.append(_t(words, "rest", n=rest))
    if shared:
        figures.append(_t(words, "shared", cells=cells(one for one in known[0].inputs if _at(one) in shared)))
    joint = " = " if known[0].subject is None and "=" not in formula else ". "
    return Proof(known[0].id, known[0].name, _joined(formula, joint, "; ".join(figures)))


def _rows(words: Words, known: Iterable[Measured], shared: frozenset[tuple[str, str]]) -> Iterator[str]:
    """The figures of each row; rows whose cells are all on the sheet of the row before name it no more."""
    before = ""
    for one in known:
        own = [cell for cell in one.inputs if _at(cell) not in shared]
        sheets = {str(cell["sheet"]) for cell in own}
        only = sheets.pop() if len(sheets) == 1 else ""
        at = cells(own)
        yield _figures(words, one, at.removeprefix(f"{only}\N{NO-BREAK SPACE}") if only == before else at)
        before = only


def _joined(formula: str, joint: str, figures: str) -> str:
    """The formula in words, then with figures, unless these only repeat it."""
    repeats = not formula or figures.startswith(formula)
    return figures if repeats else f"{cut(formula, LONGEST_FORMULA)}{joint}{figures}"


def _shared(known: Sequence[Measured]) -> frozenset[tuple[str, str]]:
    """The cells that all of several rows rest on."""
    if len(known) < 2:
        return frozenset()
    return frozenset.intersection(*(frozenset(map(_at, one.inputs)) for one in known))


def _at(cell: Json) -> tuple[str, str]:
    return cell["sheet"], cell["cell"]


def _is_told(one: Measured) -> bool:
    """Steps that only say yes or no are behind sentences, not numbers."""
    return one.reported or one.unit is not Unit.NUMBER


def _subject(words: Words, one: Measured) -> str:
    """The row's name; where it is a choice, in words."""
    sheet = words.catalog.sheet(one.per) if one.per else None
    field = words.catalog.fields.get(sheet.subject) if sheet and sheet.subject else None
    choice = field.choice(one.subject or "") if field else None
    return choice.label[words.language] if choice else clean(one.subject, 40)


def _figures(words: Words, one: Measured, at: str) -> str:
    shown = one.calculation or words.value(one)
    span = words.span(one)
    limits = f"; {_t(words, 'interval', range=span)}" if span else ""
    text = f"{cut(shown, LONGEST_FIGURES)}{limits}{f' ({at})' if at else ''}"
    return _t(words, "row", subject=_subject(words, one), figures=text) if one.subject else text


def _given(facts: Facts, words: Words, source: Source) -> str:
    """An answer, or the rows of a table, with the place in the owner's file."""
    if source.kind == "table":
        sheet = words.catalog.sheet(source.id).title[words.language]
        at = _area(answer for row in facts.table(source.id) for answer in row["values"].values())
        return _t(words, "table", label=sheet, cells=at) if at else ""
    field, answer = words.catalog.fields.get(source.id), facts.given(source.id)
    if source.kind != "answer" or field is None or not answer.get("cell"):
        return ""
    value = answer["value"]
    match field.type:
        case FieldType.MONEY:
            shown = words.wording.money(value)
        case FieldType.SHARE:
            shown = words.wording.share(value)
        case _ if isinstance(value, list):
            shown = ", ".join(words.wording.plain(item or 0) for item in value[:MOST_VALUES])
        case _:
            shown = words.wording.plain(value)
    return _t(words, "answer", label=field.label[words.language], value=shown, cell=cells([answer]))


def _goal(words: Words, number: int, goal: Json) -> Proof:
    name = clean(goal.get("text") or goal.get("name"), 80)
    figures = [
        _t(words, "goal_number", name=entry["name"], figures=cut(entry["calculation"], LONGEST_FIGURES))
        for key in _GOAL_NUMBERS
        if (entry := goal["numbers"].get(key)) is not None and entry["calculation"]
    ]
    at = cells(goal["inputs"])
    return Proof(
        f"goal-{goal['row']}", _t(words, "goal", n=number, name=name), f"{'; '.join(figures)} ({at})"
    )


def _is_worth(item: Json) -> bool:
    return bool(item["effect"]) and item["effect"]["value"] is not None


def _effect(facts: Facts, words: Words, item: Json) -> Proof:
    number = number_of(facts, item)
    title = _t(words, "effect", n=number, title=cut(item["title"], 70))
    formula, amount = item["effect"]["formula"], effect_lines(item, words)[0].text
    figures = cut(item["effect"].get("calculation") or "", LONGEST_FIGURES)
    at = f"{figures} ({cells(item['evidence'])})" if figures else cells(item["evidence"])
    text = at if figures.startswith(formula) else f"{cut(formula, LONGEST_FORMULA)} = {amount}; {at}"
    return Proof(f"action-{number}", title, text)


def _total(facts: Facts, words: Words) -> Iterator[Proof]:
    """What the plan's total is made of, action by action."""
    total = facts.result.get("plan_total") or {}
    if total.get("value") is None:
        return
    parts = [
        _t(words, "total_part", n=part["number"], amount=words.wording.money(part["together"]))
        for part in total["items"]
    ]
    yield Proof("plan-total", _t(words, "total"), _joined(total["formula"], ". ", "; ".join(parts)))


def _health(facts: Facts, words: Words) -> Iterator[Proof]:
    """The points of each area: for what, of how many, from which cells."""
    found = facts.result.get("health") or {}
    judged = [area for area in found.get("areas", ()) if area["of"]]
    if not judged:
        return
    key = "health_sum" if found["score"] is not None else "health_none"
    yield Proof("health", _t(words, "health"), _t(words, key, **{name: found[name] or 0 for name in _SUM}))
    for area in judged:
        items = [
            _t(words, "points", name=item["text"], n=item["points"], of=item["of"])
            + (f" ({cells(item['cells'])})" if item["cells"] else "")
            for item in area["items"]
            if item["points"] is not None
        ]
        name = _t(words, "points", name=area["name"], n=area["points"], of=area["of"])
        yield Proof("", name, "; ".join(items))


def cells(inputs: Iterable[Mapping[str, object]]) -> str:
    """Cells by sheet, neighbours below one another as a range: Клиенты B7, B10–B12; Реклама C6–C10."""
    sheets: dict[str, list[str]] = {}
    for one in inputs:
        sheet, cell = str(one.get("sheet") or ""), str(one.get("cell") or "")
        if sheet and cell and cell not in sheets.setdefault(sheet, []):
            sheets[sheet].append(cell)
    named = ((sheet, _ranges(found)) for sheet, found in sheets.items())
    return "; ".join(
        f"{sheet}\N{NO-BREAK SPACE}{', '.join(found[:MOST_CELLS])}{' …' if len(found) > MOST_CELLS else ''}"
        for sheet, found in named
    )


def _area(answers: Iterable[Mapping[str, object]]) -> str:
    """The rectangle of a table in the owner's file: Реклама A6:N10."""
    placed = [one for one in answers if one.get("sheet") and _ADDRESS.fullmatch(str(one.get("cell")))]
    if not placed:
        return ""
    found = [match for one in placed if (match := _ADDRESS.fullmatch(str(one["cell"])))]
    columns = sorted({match[1] for match in found}, key=lambda name: (len(name), name))
    rows = sorted(int(match[2]) for match in found)
    return f"{placed[0]['sheet']}\N{NO-BREAK SPACE}{columns[0]}{rows[0]}:{columns[-1]}{rows[-1]}"


def _ranges(addresses: Sequence[str]) -> Sequence[str]:
    single = [match for address in addresses if (match := _ADDRESS.fullmatch(address))]
    places = sorted({(len(match[1]), match[1], int(match[2])) for match in single})
    runs: list[list[tuple[int, str, int]]] = []
    for place in places:
        if runs and runs[-1][-1] == (*place[:2], place[2] - 1):
            runs[-1].append(place)
        else:
            runs.append([place])
    shown = [
        f"{run[0][1]}{run[0][2]}" + (f"–{run[-1][1]}{run[-1][2]}" if len(run) > 1 else "") for run in runs
    ]
    return [*shown, *(address for address in addresses if not _ADDRESS.fullmatch(address))]
