"""From survey and plan to a whole model document: points, expectations, spread and table, put together and written.

The document is TOML that people can read and review; the same survey and plan always give the same bytes.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np

from sakha.scoring.rules.fitting import FittedPoints, fit_points, score_points
from sakha.scoring.rules.places import EITHER
from sakha.scoring.rules.placing import Examined, build_stratum, measure_expectations
from sakha.scoring.rules.regions import Regions, measure_regions
from sakha.scoring.rules.survey import FitPlan, Ints, Survey


def fit_document(plan: FitPlan, survey: Survey) -> tuple[str, Ints]:
    """The model document as TOML, and the out-of-fold scores that its spread was measured on."""
    held_out = score_out_of_fold(plan, survey, survey.fold)
    fitted = fit_points(plan, survey)
    points = score_points(fitted, survey)
    regions = measure_regions(plan)
    content: dict[str, Any] = dict(plan.head)
    content["regions"] = {**plan.head["regions"], "points": regions.points}
    content["placings"] = [
        _placing_content(plan, placing, survey, regions, scores=points.sum(axis=1), held_out=held_out)
        for placing in plan.head["placings"]
    ]
    expectations = measure_expectations(points, survey.person_weight)
    content["variables"] = _variable_contents(plan, fitted, expectations)
    return write_toml(content), held_out


def _placing_content(
    plan: FitPlan, placing: Mapping[str, Any], survey: Survey, regions: Regions, *, scores: Ints, held_out: Ints
) -> dict[str, Any]:
    unit = plan.head["scale"]["unit_per_mille"] / 1000
    examined = Examined(scores, held_out, survey.consumption, survey.person_weight)
    if placing["regional"]:
        shift = regions.points_of(survey)
        examined = Examined(scores - shift, held_out - shift, regions.real_consumption(survey), survey.person_weight)
    strata = [build_stratum(examined, unit=unit, urban=EITHER)]
    if placing["by_urban"]:
        strata += [build_stratum(examined.take(survey.urban == urban), unit=unit, urban=urban) for urban in (0, 1)]
    return {**placing, "strata": strata}


def score_out_of_fold(plan: FitPlan, survey: Survey, fold: Ints) -> Ints:
    """Each household scored by a card that was fitted without its fold."""
    scores = np.zeros(survey.size, dtype=np.int64)
    for number in np.unique(fold):
        inside = fold == number
        scores[inside] = score_points_of(plan, survey.take(~inside), survey.take(inside))
    return scores


def score_points_of(plan: FitPlan, train: Survey, test: Survey) -> Ints:
    """Scores of one survey by a card fitted to another."""
    scores: Ints = score_points(fit_points(plan, train), test).sum(axis=1)
    return scores


def _variable_contents(plan: FitPlan, fitted: FittedPoints, expectations: list[dict[str, int]]) -> list[dict[str, Any]]:
    by_name = {each.planned.variable.name: each for each in fitted.variables}
    names = [*by_name, *(each.variable.name for each in plan.variables if each.variable.name not in by_name)]
    expectation = dict(zip(names, expectations, strict=True))
    contents = []
    for planned in plan.variables:
        name = planned.variable.name
        content = {**planned.content, "expectation": expectation[name]}
        if name not in by_name:
            contents.append(content | {"provinces": fitted.provinces, "counties": fitted.counties})
            continue
        first, *rest = by_name[name].points
        if planned.thresholds:
            contents.append(content | {"below": first, "steps": _steps(planned.thresholds, first, rest)})
        else:
            levels = [[list(group), points] for group, points in zip(planned.groups, rest, strict=True)]
            contents.append(content | {"other": first, "levels": levels})
    return contents


def _steps(thresholds: Iterable[int], first: int, points: Iterable[int]) -> list[list[int]]:
    """Steps that change something; at least one stays, so that the variable keeps its meaning."""
    pairs = [[at, value] for at, value in zip(thresholds, points, strict=True)]
    kept, last = [], first
    for at, value in pairs:
        if value != last:
            kept.append([at, value])
            last = value
    return kept or pairs[:1]


def write_toml(content: Mapping[str, Any]) -> str:
    """A document's content as TOML, scalars first, long lists on one line each."""
    lines: list[str] = []
    _write_table(content, (), lines)
    return "\n".join(lines).strip() + "\n"


def _write_table(content: Mapping[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    plain = {key: value for key, value in content.items() if not _is_table(value) and not _is_tables(value)}
    lines.extend(f"{key} = {_literal(value)}" for key, value in plain.items())
    for key, value in content.items():
        if _is_table(value):
            lines.extend(["", f"[{'.'.join((*path, key))}]"])
            _write_table(value, (*path, key), lines)
        elif _is_tables(value):
            for each in value:
                lines.extend(["", f"[[{'.'.join((*path, key))}]]"])
                _write_table(each, (*path, key), lines)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_table(each) for each in value)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_literal(each) for each in value) + "]"
    return repr(value)
