"""Holds open data against the schemas that the standards publish (licences beside them), formats included."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

_HERE = Path(__file__).parent
_HSDS = "https://published.example/hsds/"
_GRANTS = "https://raw.githubusercontent.com/ThreeSixtyGiving/standard/1.4.{}/schema/360-giving-schema.json"


def errors_of_hsds(name: str, thing: Any) -> list[str]:
    """What the standard's own schema of this name says against a thing of HSDS."""
    return _errors(_hsds(name), thing)


def errors_of_grants(package: Any) -> list[str]:
    """What the schema of packages says against a whole file of 360Giving, each grant included."""
    return _errors(_package(), package)


def _errors(validator: jsonschema_rs.Draft202012Validator, thing: Any) -> list[str]:
    return [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in validator.iter_errors(thing)]


@cache
def _hsds(name: str) -> jsonschema_rs.Draft202012Validator:
    schemas = [(_HSDS + place.name, json.loads(place.read_text())) for place in sorted((_HERE / "hsds").glob("*.json"))]
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"{_HSDS}{name}.json"}, registry=jsonschema_rs.Registry(schemas), validate_formats=True
    )


@cache
def _package() -> jsonschema_rs.Draft202012Validator:
    folder = _HERE / "360giving"
    grants = json.loads((folder / "360-giving-schema.json").read_text())
    package = json.loads((folder / "360-giving-package-schema.json").read_text())
    known = [(_GRANTS.format(last), grants) for last in (2, 3)]  # the package still names the one before
    return jsonschema_rs.Draft202012Validator(package, registry=jsonschema_rs.Registry(known), validate_formats=True)
