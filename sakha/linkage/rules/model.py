"""The linkage model: what each level of agreement is worth, and the two thresholds. A versioned, hashed TOML document.

Three kinds of pairs: one person, relatives (twins apart), unrelated people. The unrelated are split by what brought
them together: strangers who share a name and strangers who share a phone differ in everything else.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from sakha.linkage.rules.levels import COMPARISONS, LEVEL_COUNT
from sakha.linkage.rules.record_view import NameBands
from sakha.vocabulary.refusal import Refusal

# The kinds of pairs, in the order of the document's lists.
KINDS: Final = (
    "same", "relative", "twin", "same_names", "given_and_birth", "family_and_birth", "names_and_year", "phone_or_place",
)  # fmt: skip
SAME: Final = 0
RELATIVE: Final = 1
TWIN: Final = 2
STRANGERS: Final = slice(3, len(KINDS))
PRODUCT_MODEL: Final = "sakha-persons-1.toml"

Table = npt.NDArray[np.float64]


class ModelInvalid(Refusal):
    """A model document that can't be used."""

    code: ClassVar[str] = "LINK_MODEL_INVALID"
    sentence: ClassVar[str] = "سند مدل پیوند درست نیست: {why}."


@dataclass(frozen=True, slots=True)
class LinkModel:
    """Shares of kinds, and of levels in each kind: `tables[kind, comparison, level]`; level 0, unknown, weighs 0."""

    name: str
    version: int
    shares: Table
    tables: Table
    balanced: float
    certain: float
    queue_from: float
    trust_count: float  # as how many seen pairs the document's own shares count when a file's are learnt
    bands: NameBands
    sha: str = ""

    def threshold(self, name: str) -> float:
        """The weight from which pairs are linked: `balanced` or `certain`."""
        return self.certain if name == "certain" else self.balanced


def parse_model(text: str) -> LinkModel:
    """Read a model document.

    Raises:
        ModelInvalid: when it isn't one.
    """
    try:
        document = tomllib.loads(text)
        tables = np.ones((len(KINDS), len(COMPARISONS), LEVEL_COUNT))
        for place, (comparison, levels) in enumerate(COMPARISONS.items()):
            for level in levels:
                if level:
                    tables[:, place, level] = document["levels"][comparison][level.name]
        thresholds = document["thresholds"]
        model = LinkModel(
            name=document["name"],
            version=document["version"],
            shares=np.array([document["shares"][kind] for kind in KINDS]),
            tables=tables,
            balanced=float(thresholds["balanced"]),
            certain=float(thresholds["certain"]),
            queue_from=float(thresholds["queue_from"]),
            trust_count=float(document["learning"]["trust_count"]),
            bands=_bands(document.get("common_names", {})),
            sha=hashlib.sha256(text.encode()).hexdigest(),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as fault:
        raise ModelInvalid(why=type(fault).__name__) from None
    if not (np.all(model.tables > 0) and np.all(model.shares > 0)):
        raise ModelInvalid(why="سهم صفر")
    return model


def _bands(common: dict[str, Any]) -> NameBands:
    return NameBands(
        **{
            field: {name: band for band, key in ((1, "some"), (2, "many")) for name in common.get(f"{field}_{key}", ())}
            for field in ("given", "family")
        }
    )


@cache
def product_model() -> LinkModel:
    """The model that is shipped; a batch starts from it, the desk and the queue use it as it is."""
    return parse_model(files("sakha.linkage").joinpath("documents", PRODUCT_MODEL).read_text(encoding="utf-8"))


def write_model(model: LinkModel, *, name: str, version: int) -> str:
    """Write a model as a document; reading it back gives the same weights."""
    lines = [f'name = "{name}"', f"version = {version}", "", "[thresholds]"]
    lines += [f"{key} = {getattr(model, key)}" for key in ("balanced", "certain", "queue_from")]
    lines += ["", "[learning]", f"trust_count = {model.trust_count}", "", "[shares]"]
    lines += [f"{kind} = {share:.6g}" for kind, share in zip(KINDS, model.shares, strict=True)]
    for place, (comparison, levels) in enumerate(COMPARISONS.items()):
        lines += ["", f"[levels.{comparison}]  # {', '.join(KINDS)}"]
        for level in levels:
            if level:
                shares = ", ".join(f"{share:.4g}" for share in model.tables[:, place, level])
                lines.append(f"{level.name} = [{shares}]")
    lines += ["", "[common_names]  # in codes of one byte a letter"]
    for field, bands in (("given", model.bands.given), ("family", model.bands.family)):
        for band, key in ((1, "some"), (2, "many")):
            names = ", ".join(f"'{name}'" for name in sorted(bands) if bands[name] == band)
            lines.append(f"{field}_{key} = [{names}]")
    return "\n".join(lines) + "\n"
