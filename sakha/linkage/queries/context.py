"""Who else stands in the two files of a pair: other links between them, or a link that takes one of the two."""

from typing import Final

from sakha.linkage.queries.engine import Engine
from sakha.linkage.queries.pairing import compare_pairs
from sakha.linkage.rules.levels import BITS, COMPARISONS, Birth, Context, Id
from sakha.linkage.rules.name_levels import Name

# Beyond this many people a file is a list, and its pairs with another list say nothing.
LARGEST_FILE: Final = 20
_PAIR: Final = 4_294_967_296
_SHIFT: Final = 1 << (BITS * list(COMPARISONS).index("context"))


def _level(field: str) -> str:
    return f"((levels >> {BITS * list(COMPARISONS).index(field)}) & {(1 << BITS) - 1})"


# Brothers and sisters have a mate in the other file as often as one person has: without one given name, who is linked
# beside them says something only where the ID or the birth date speaks for one person too.
_LIKE_RELATIVES: Final = (
    f"{_level('given')} IN ({int(Name.UNKNOWN)}, {int(Name.DIFFERENT)})"
    f" AND NOT {_level('national_id')} BETWEEN {int(Id.CHECKED)} AND {int(Id.SLIP)}"
    f" AND NOT {_level('birth')} BETWEEN {int(Birth.EQUAL)} AND {int(Birth.YEAR_ONLY)}"
)


def add_context(engine: Engine, *, strong: float, is_file_given: bool) -> None:
    """Put the context into `compared`, after proposing all pairs of files that a strong link joins.

    `compared` (`l`, `r`, `l_file`, `r_file`, `levels`) and `weights` (`levels`, `weight`) are known.
    """
    engine.table("compared", "SELECT *, 0 AS is_mate FROM compared")
    engine.table("file_sizes", "SELECT file, count(*) AS size FROM people WHERE file > 0 GROUP BY file")
    engine.table(
        "links",
        "SELECT CASE WHEN l_file < r_file THEN l ELSE r END AS a, CASE WHEN l_file < r_file THEN r ELSE l END AS b,"
        " least(l_file, r_file) AS a_file, greatest(l_file, r_file) AS b_file"
        " FROM compared JOIN weights USING (levels)"
        f" WHERE l_file > 0 AND r_file > 0 AND l_file <> r_file AND weight >= {strong}",
    )
    _propose_mates(engine, is_file_given=is_file_given)
    engine.table("file_links", "SELECT a_file, b_file, count(*) AS links FROM links GROUP BY a_file, b_file")
    for side, other in (("a", "b"), ("b", "a")):
        engine.table(
            f"{side}_links", f"SELECT {side}, {other}_file, count(*) AS links FROM links GROUP BY {side}, {other}_file"
        )
    engine.table("compared_in_context", _IN_CONTEXT)
    engine.drop("compared", "file_sizes", "links", "file_links", "a_links", "b_links")


def _propose_mates(engine: Engine, *, is_file_given: bool) -> None:
    bounded = f"(SELECT people.rid, people.file FROM people JOIN file_sizes USING (file) WHERE size <= {LARGEST_FILE})"
    engine.table(
        "mates",
        f"SELECT CAST(least(x.rid, y.rid) AS BIGINT) * {_PAIR} + greatest(x.rid, y.rid) AS pair"
        " FROM (SELECT DISTINCT a_file, b_file FROM links) AS joined"
        f" JOIN {bounded} AS x ON x.file = a_file JOIN {bounded} AS y ON y.file = b_file",
    )
    engine.table("mates", "SELECT DISTINCT mates.pair FROM mates ANTI JOIN pairs ON mates.pair = pairs.pair")
    compare_pairs(engine, pairs="mates", into="compared_mates", is_file_given=is_file_given)
    engine.append("compared", "SELECT *, 1 AS is_mate FROM compared_mates")
    engine.drop("mates", "compared_mates", "pairs")


_IN_CONTEXT: Final = f"""
    SELECT l, r, levels + {_SHIFT} * CASE
        WHEN coalesce(a_links.links, 0) + coalesce(b_links.links, 0) > 2 * own THEN {int(Context.TAKEN)}
        WHEN file_links.links > coalesce(a_links.links, 0) + coalesce(b_links.links, 0) - own
            THEN CASE WHEN is_mate = 1 THEN {int(Context.MATE)} WHEN {_LIKE_RELATIVES} THEN {int(Context.UNKNOWN)}
                ELSE {int(Context.LINKED)} END
        WHEN a_size.size > 1 AND b_size.size > 1 THEN {int(Context.UNLINKED)}
        ELSE {int(Context.UNKNOWN)} END AS levels
    FROM (SELECT compared.l, compared.r, levels, is_mate,
        least(l_file, r_file) AS a_file, greatest(l_file, r_file) AS b_file,
        CASE WHEN l_file < r_file THEN compared.l ELSE compared.r END AS a,
        CASE WHEN l_file < r_file THEN compared.r ELSE compared.l END AS b,
        CASE WHEN links.a IS NULL THEN 0 ELSE 1 END AS own
        FROM compared LEFT JOIN links ON links.a = CASE WHEN l_file < r_file THEN compared.l ELSE compared.r END
            AND links.b = CASE WHEN l_file < r_file THEN compared.r ELSE compared.l END
        WHERE l_file > 0 AND r_file > 0 AND l_file <> r_file) AS filed
    LEFT JOIN file_links USING (a_file, b_file)
    LEFT JOIN a_links USING (a, b_file)
    LEFT JOIN b_links USING (b, a_file)
    LEFT JOIN file_sizes AS a_size ON a_size.file = a_file
    LEFT JOIN file_sizes AS b_size ON b_size.file = b_file
    UNION ALL
    SELECT l, r, levels FROM compared WHERE NOT (l_file > 0 AND r_file > 0 AND l_file <> r_file)
"""
