"""The model document: parsed from TOML, refused where it breaks a promise, known by the hash of what it says.

The hash is over canonical JSON, so comments and layout don't count and nothing that changes a result can hide.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from sakha.scoring.rules.card import (
    CONSUMER_INDEX,
    PER_MILLE,
    Card,
    Expectation,
    Level,
    PlacePoints,
    Region,
    Step,
    Variable,
    VariableKind,
    Wording,
)
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, INCOMES
from sakha.scoring.rules.places import EITHER, Band, Law, Placing, ScoreTable, Stratum
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.refusal import Refusal

DERIVED_NAMES = frozenset({EQUIVALENT_SIZE, "place", *INCOMES})
MOST_VARIABLES = 30
CUT_COUNT = 9


class ModelDocumentInvalid(Refusal):
    """The model document can't be used; the reason says where and why."""

    code: ClassVar[str] = "MODEL_DOCUMENT_INVALID"
    sentence: ClassVar[str] = "سند مدل امتیاز درست نیست: {reason}"


def parse_card(text: str) -> Card:
    """Read and check a model document."""
    try:
        content = tomllib.loads(text)
        card = _build_card(content)
    except tomllib.TOMLDecodeError as error:
        raise ModelDocumentInvalid(field="document", reason=f"TOML: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelDocumentInvalid(field="document", reason=f"{type(error).__name__}: {error}") from error
    _check_card(card)
    return card


def hash_content(content: Mapping[str, Any]) -> str:
    """The name of what a document says: SHA-256 over its canonical JSON."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(canonical.encode()).hexdigest()


def build_variable(content: Mapping[str, Any]) -> Variable:
    """One `[[variables]]` of a document or of a fit plan; what a plan leaves open is zero."""
    expectation = content.get("expectation", {"loading": 0, "signal": 0, "noise": 0})
    return Variable(
        name=content["name"],
        kind=VariableKind(content["kind"]),
        wording=Wording(content["label"], content["unit"], content["raises"], content["lowers"]),
        register=content["register"],
        half_life_months=content["half_life_months"],
        sign=content.get("sign", 0),
        price_index=content.get("price_index", ""),
        expectation=Expectation(**expectation),
        below=content.get("below", 0),
        steps=tuple(Step(at, points) for at, points in content.get("steps", ())),
        levels=tuple(Level(tuple(codes), points) for codes, points in content.get("levels", ())),
        other=content.get("other", 0),
        counties=_places(content.get("counties")),
        provinces=_places(content.get("provinces")),
    )


def _build_card(content: Mapping[str, Any]) -> Card:
    prices = content["prices"]
    return Card(
        id=content["id"],
        version=content["version"],
        title=content["title"],
        source=content["source"],
        valid_from=content["valid_from"],
        valid_to=content["valid_to"],
        equivalence=content["scale"]["equivalence"],
        unit_per_mille=content["scale"]["unit_per_mille"],
        price_base=prices["base_year"],
        price_factors=_factors(prices["factors"]),
        price_indexes={name: _factors(factors) for name, factors in prices.get("indexes", {}).items()},
        price_source=prices["source"],
        regions={
            province: Region(level, content["regions"]["points"][province])
            for province, level in content["regions"]["levels"].items()
        },
        region_source=content["regions"]["source"],
        variables=tuple(build_variable(variable) for variable in content["variables"]),
        placing=content["placing"],
        placings={placing["name"]: _build_placing(placing) for placing in content["placings"]},
        sha=hash_content(content),
    )


def _factors(content: Mapping[str, int]) -> dict[int, int]:
    return {int(year): factor for year, factor in content.items()}


def _build_placing(content: Mapping[str, Any]) -> Placing:
    return Placing(
        name=content["name"],
        is_regional=content["regional"],
        strata={stratum["urban"]: _build_stratum(stratum) for stratum in content["strata"]},
    )


def _build_stratum(content: Mapping[str, Any]) -> Stratum:
    table = content["table"]
    return Stratum(
        law=Law(**content["law"]),
        table=ScoreTable(
            lowest=table["lowest"],
            decile_tops=tuple(table["decile_tops"]),
            middles_rial=tuple(table["middle_rial"]),
            bands=tuple(_build_band(band) for band in table["bands"]),
        ),
    )


def _build_band(content: Mapping[str, Any]) -> Band:
    return Band(
        up_to=content.get("up_to"),
        poor20_shares=tuple(content["poor20"]),
        poor40_shares=tuple(content["poor40"]),
        expected_gaps_rial=tuple(content["gap_rial"]),
    )


def _places(content: Mapping[str, Any] | None) -> dict[str, PlacePoints] | None:
    return (
        None
        if content is None
        else {place: (rural, urban, either) for place, (rural, urban, either) in content.items()}
    )


def _check_card(card: Card) -> None:
    names = [variable.name for variable in card.variables]
    _demand(0 < len(names) <= MOST_VARIABLES, "variables", f"between 1 and {MOST_VARIABLES} variables")
    _demand(len(set(names)) == len(names), "variables", "each variable once")
    _demand(card.valid_from < card.valid_to, "valid_to", "valid_to after valid_from")
    _check_prices(card)
    _demand(all(region.level_per_mille > 0 for region in card.regions.values()), "regions", "levels above zero")
    for variable in card.variables:
        _check_variable(variable)
        known_index = variable.price_index in {"", CONSUMER_INDEX, *card.price_indexes}
        _demand(known_index, variable.name, "a price index of the document")
    _demand(card.placing in card.placings, "placing", "one of the placings")
    for placing in card.placings.values():
        _demand(EITHER in placing.strata, "placings", "a table for all households together")
        for stratum in placing.strata.values():
            _check_table(stratum.table)


def _check_prices(card: Card) -> None:
    for factors in (card.price_factors, *card.price_indexes.values()):
        _demand(factors.get(card.price_base) == PER_MILLE, "prices", "the base year's factor is 1000")
        _demand(all(factor > 0 for factor in factors.values()), "prices", "factors above zero")


def _check_variable(variable: Variable) -> None:
    is_read = variable.name in DERIVED_NAMES or variable.name in set(FactName)
    _demand(is_read, variable.name, "a fact of the vocabulary")
    thresholds = [step.at for step in variable.steps]
    points = [variable.below, *(step.points for step in variable.steps)]
    _demand(thresholds == sorted(set(thresholds)), variable.name, "thresholds ascend")
    if variable.sign:
        ascending = points == sorted(points, reverse=variable.sign < 0)
        _demand(variable.kind is VariableKind.STEPS and ascending, variable.name, "points follow the sign")
    _demand(variable.kind is not VariableKind.STEPS or bool(thresholds), variable.name, "steps need thresholds")
    _demand(variable.kind is not VariableKind.LEVELS or bool(variable.levels), variable.name, "levels need codes")
    if variable.kind is VariableKind.LOOKUP:
        known = set(variable.provinces or {})
        _demand(bool(known), variable.name, "a lookup needs provinces to fall back on")
        _demand(all(county[:2] in known for county in variable.counties or {}), variable.name, "counties in provinces")
    expectation = variable.expectation
    least = min(expectation.loading, expectation.signal, expectation.noise)
    _demand(least >= 0, variable.name, "expectations are not negative, or worse could score better")
    _demand(all(isinstance(value, int) for value in variable.all_points()), variable.name, "points are integers")


def _check_table(table: ScoreTable) -> None:
    _demand(len(table.decile_tops) == CUT_COUNT, "table", "nine cuts make ten deciles")
    _demand(list(table.decile_tops) == sorted(table.decile_tops), "table", "cuts ascend")
    _demand(bool(table.bands) and table.bands[-1].up_to is None, "table", "the last band is open")
    tops = [band.up_to for band in table.bands[:-1]]
    _demand(None not in tops and tops == sorted(top or 0 for top in tops), "table", "bands ascend")
    length = len(table.middles_rial)
    _demand(list(table.middles_rial) == sorted(table.middles_rial), "table", "a higher score is never poorer")
    for band in table.bands:
        for column in (band.poor20_shares, band.poor40_shares, band.expected_gaps_rial):
            _demand(len(column) == length > 0, "table", "columns of one length")
            _demand(list(column) == sorted(column, reverse=True), "table", "a higher score is never poorer")


def _demand(holds: bool, field: str, reason: str) -> None:  # noqa: FBT001 (a condition is the point)
    if not holds:
        raise ModelDocumentInvalid(field=field, reason=f"{field}: {reason}")


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
