"""What a run keeps for the next one: every record in comparable form, the person it was found to be, and the model.

A folder with `people.parquet` and `model.toml`. Texts as submitted are not in it, but names and numbers of people are:
it is to be guarded like the file itself.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from sakha.linkage.queries.engine import Engine
from sakha.linkage.rules.model import LinkModel, parse_model, write_model
from sakha.linkage.rules.voices import skeleton, voice
from sakha.vocabulary.refusal import Refusal

_PEOPLE: Final = "people.parquet"
_MODEL: Final = "model.toml"
_COLUMNS: Final = (
    "source, file_no, given, family, father, national_id, id_trust, birth, birth_gregorian, gender, mobile,"
    " postal_code, address, letter_pairs, more_letter_pairs, province, county"
)
# What is heard of a name is not kept: it is made of its code anew, by the rules of the run that reads it.
_NAMES: Final = ("given", "family", "father")
_HEARD: Final = ", ".join(f"{name}_{form}" for name in _NAMES for form in ("sound", "voice"))


class KeptMissing(Refusal):
    """A folder in which no run was kept."""

    code: ClassVar[str] = "LINK_KEPT_MISSING"
    sentence: ClassVar[str] = "در پوشهٔ {folder} نتیجهٔ پیوند پیشین نیست. آن را با ‎--keep‎ بسازید."


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows kept, by their order: their names, the names of their clusters, and these as numbers from 1."""

    ids: npt.NDArray[np.object_]
    clusters: npt.NDArray[np.object_]
    people: npt.NDArray[np.int64]
    model: LinkModel


def load_kept(engine: Engine, folder: Path) -> Kept:
    """Load what a run kept.

    Raises:
        KeptMissing: when nothing is there.
    """
    if not ((folder / _PEOPLE).is_file() and (folder / _MODEL).is_file()):
        raise KeptMissing(folder=folder.name)
    model = parse_model((folder / _MODEL).read_text(encoding="utf-8"))
    engine.load(folder / _PEOPLE, "kept_people")
    rows = engine.fetch("SELECT record_id, cluster_id FROM kept_people ORDER BY rid")
    _names, numbers = np.unique(rows["cluster_id"].astype(str), return_inverse=True)
    return Kept(rows["record_id"], rows["cluster_id"], numbers.astype(np.int64) + 1, model)


def join_kept_people(engine: Engine, kept: Kept) -> None:
    """Put the rows kept before those newly read."""
    names = " UNION ".join(f"SELECT {name} AS raw FROM kept_people WHERE {name} <> ''" for name in _NAMES)
    engine.read_values("heard", names, _read_heard, {"sound": "VARCHAR", "voice": "VARCHAR"})
    joins = " ".join(f"LEFT JOIN heard AS {name}_heard ON {name}_heard.raw = {name}" for name in _NAMES)
    heard = ", ".join(
        f"coalesce({name}_heard.{form}, '') AS {name}_{form}" for name in _NAMES for form in ("sound", "voice")
    )
    engine.table(
        "read_people",
        f"SELECT rid, false AS is_new, {_COLUMNS}, {heard} FROM kept_people {joins}"
        f" UNION ALL SELECT rid + {len(kept.ids)}, is_new, {_COLUMNS}, {_HEARD} FROM read_people",
    )
    engine.drop("kept_people", "heard")


def _read_heard(code: str) -> tuple[str, str]:
    return skeleton(code), voice(code)


def keep(engine: Engine, folder: Path, clusters: dict[str, npt.NDArray[np.object_]], model: LinkModel) -> None:
    """Keep all rows read, with `record_id` and `cluster_id`, and the model."""
    folder.mkdir(parents=True, exist_ok=True)
    count = len(clusters["record_id"])
    engine.put("named", {"rid": np.arange(1, count + 1, dtype=np.int64), **clusters})
    engine.save(
        f"SELECT rid, record_id, cluster_id, {_COLUMNS} FROM read_people JOIN named USING (rid) ORDER BY rid",
        folder / _PEOPLE,
    )
    (folder / _MODEL).write_text(write_model(model, name=model.name, version=model.version), encoding="utf-8")
