"""Which pairs are compared, and at what levels: blocks of bounded size, distinct pairs, levels in one number."""

from collections.abc import Callable
from typing import Final

from sakha.linkage.queries.engine import Engine
from sakha.linkage.rules.blocking import BLOCK_RULES, NEIGHBOURS, BlockRule
from sakha.linkage.rules.level_sql import is_latin_sql, levels_sql
from sakha.linkage.rules.levels import GREGORIAN_AHEAD

_PAIR: Final = 4_294_967_296  # two row numbers in one: left * 2^32 + right
_LONG_ADDRESS: Final = 10
_WHOLE_ID: Final = 7
_HALF: Final = "CAST(floor(length(national_id) / 2) AS INT)"  # a slip in one half leaves the other right

# The numbers of an address stay where its words change: alley, door, floor.
_NUMBERS: Final = "regexp_extract(address, '[0-9]+$')"

_KEYED: Final = f"""
    SELECT rid, is_new, given_sound, family_sound, father_sound, county, mobile, postal_code, national_id, birth,
        CASE WHEN birth <> '' THEN substr(birth, 1, 4)
            WHEN birth_gregorian <> ''
            THEN CAST(CAST(substr(birth_gregorian, 1, 4) AS INT) - {GREGORIAN_AHEAD} AS VARCHAR)
            ELSE '' END AS birth_year,
        CASE WHEN given_sound = '' THEN '' ELSE least(given_sound, family_sound) END AS first_sound,
        CASE WHEN given_sound = '' THEN '' ELSE greatest(given_sound, family_sound) END AS second_sound,
        substr(given_sound, 1, 2) AS given_start, substr(family_sound, 1, 2) AS family_start,
        CASE WHEN length(national_id) >= {_WHOLE_ID} THEN substr(national_id, 1, {_HALF}) ELSE '' END AS id_head,
        CASE WHEN length(national_id) >= {_WHOLE_ID} THEN substr(national_id, {_HALF} + 1) ELSE '' END AS id_tail,
        CASE WHEN length(address) >= {_LONG_ADDRESS} THEN address ELSE '' END AS long_address,
        {_NUMBERS} AS door
    FROM people
"""


def make_pairs(engine: Engine, advance: Callable[[str], None]) -> None:
    """Make `pairs` (distinct `pair`) from `people`: only pairs with at least one new record."""
    engine.table("keyed", _KEYED)
    engine.table("pairs_found", "SELECT CAST(0 AS BIGINT) AS pair WHERE 1 = 0")
    for rule in BLOCK_RULES:
        _find_pairs(engine, rule)
        advance(rule.name)
    engine.table("pairs", "SELECT DISTINCT pair FROM pairs_found")
    engine.drop("pairs_found", "keyed", "keys", "sizes", "kept", "oversize")


def _find_pairs(engine: Engine, rule: BlockRule) -> None:
    known = " AND ".join([*(f"{key} <> ''" for key in rule.keys), *([rule.needs] if rule.needs else [])])
    engine.table("keys", f"SELECT rid, is_new, key_of({', '.join(rule.keys)}) AS key FROM keyed WHERE {known}")
    for finer in (*rule.finer, None):
        # a block of known records only has nothing new to find
        engine.table(
            "sizes", "SELECT key, count(*) AS size FROM keys GROUP BY key HAVING count(*) > 1 AND bool_or(is_new)"
        )
        engine.table("kept", f"SELECT keys.* FROM keys JOIN sizes USING (key) WHERE size <= {rule.largest}")
        engine.append(
            "pairs_found",
            f"SELECT CAST(a.rid AS BIGINT) * {_PAIR} + b.rid FROM kept AS a JOIN kept AS b"
            " ON a.key = b.key AND a.rid < b.rid WHERE a.is_new OR b.is_new",
        )
        if not len(engine.fetch(f"SELECT size FROM sizes WHERE size > {rule.largest} LIMIT 1")["size"]):
            return
        engine.table("oversize", f"SELECT keys.* FROM keys JOIN sizes USING (key) WHERE size > {rule.largest}")
        if finer is not None:
            engine.table(
                "keys",
                f"SELECT rid, oversize.is_new, key_of(oversize.key, {finer}) AS key"
                f" FROM oversize JOIN keyed USING (rid) WHERE {finer} <> ''",
            )
    if not rule.is_weak:
        _pair_neighbours(engine)


def _pair_neighbours(engine: Engine) -> None:
    engine.table("kept", "SELECT *, row_number() OVER (PARTITION BY key ORDER BY rid) AS place FROM oversize")
    for step in range(1, NEIGHBOURS + 1):
        engine.append(
            "pairs_found",
            f"SELECT CAST(a.rid AS BIGINT) * {_PAIR} + b.rid FROM kept AS a JOIN kept AS b"
            f" ON a.key = b.key AND b.place = a.place + {step} WHERE a.is_new OR b.is_new",
        )


def compare_pairs(engine: Engine, *, pairs: str, into: str, is_file_given: bool) -> None:
    """Make `into` (`l`, `r`, `levels`) of the pairs."""
    # the shift, not a division: it is exact in every engine
    engine.table(
        into,
        f"SELECT l.rid AS l, r.rid AS r, l.file AS l_file, r.file AS r_file,"
        f" {levels_sql(is_file_given=is_file_given, has_latin=_has_latin(engine))} AS levels"
        f" FROM (SELECT CAST(pair >> 32 AS INT) AS l_rid, CAST(pair & {_PAIR - 1} AS INT) AS r_rid FROM {pairs})"
        " AS parted JOIN people AS l ON l.rid = l_rid JOIN people AS r ON r.rid = r_rid",
    )


def _has_latin(engine: Engine) -> bool:
    written = " OR ".join(is_latin_sql(column) for column in ("given", "family", "father", "address"))
    return bool(len(engine.fetch(f"SELECT rid FROM people WHERE {written} LIMIT 1")["rid"]))
