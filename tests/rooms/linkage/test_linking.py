"""The batch on DuckDB: the same levels as at the desk, per letter, the same output every time, nothing breaks it."""

import csv
import random

import duckdb
import numpy as np
import pytest

from sakha.linkage.actions.linking import link_new_records, link_records
from sakha.linkage.queries.duckdb_engine import MEMORY_MB, DuckDbEngine, room_mb
from sakha.linkage.queries.engine import EngineMissing, open_engine
from sakha.linkage.queries.kept import KeptMissing, keep, load_kept
from sakha.linkage.queries.record_files import COLUMNS, RecordFileInvalid, read_record_file
from sakha.linkage.rules import RecordView, product_model, view_record
from sakha.linkage.rules.distance import changed_letters
from sakha.linkage.rules.level_sql import COMPARED_COLUMNS, levels_sql
from sakha.linkage.rules.levels import compare_views, pack
from sakha.linkage.rules.model import parse_model, write_model
from sakha.linkage.rules.numbers import IdTrust
from sakha.linkage.rules.voices import is_latin, voice

PERSON = {
    "given_name": "زهرا", "family_name": "محمدی اصل", "father_name": "حسین", "national_id": "9990000018",
    "birth_date": "1363/05/12", "gender": "زن", "mobile": "09123214567", "province": "البرز", "county": "کرج",
    "address": "خیابان بهار کوچه ۵ پلاک ۱۲", "postal_code": "3158977413",
}  # fmt: skip


def write(path, rows, columns=COLUMNS):
    with path.open("w", encoding="utf-8", newline="") as lines:
        made = csv.DictWriter(lines, columns, restval="", lineterminator="\n")
        made.writeheader()
        made.writerows({"record_id": f"r{place}", "source": f"c{place}"} | row for place, row in enumerate(rows))
    return path


def link(path, threshold="balanced"):
    with open_engine("duckdb") as engine:
        file = read_record_file(engine, path)
        linked = link_records(engine, document=product_model(), threshold=threshold, has_files=file.has_files)
    return linked.firsts.tolist()


def any_views(count):
    rng = random.Random(7)
    names = [
        "",
        "MHMD",
        "MHMDRYA",
        "MHMDRIA",
        "QI+",
        "&I+",
        "UGR+",
        "SGR+",
        "XSN",
        "XS+N",
        "XSANI",
        "XASNI",
        "QBDAI*",
        "Z*RA",
        "john",
        "mohammad",
        "mohamadreza",
        "mohsen",
        "zahra",
        "zohreh",
        "hadi",
        "hoda",
        "XS+I+",
        "M!$AN",
        "hassan",
        "GASM+",
    ]
    dates = [("", ""), ("13630512", "19840803"), ("13631205", "19850224"), ("1363", ""), ("", "1984"),
             ("13630101", "19840321"), ("13640512", "19850803"), ("13630513", "19840804"),
             ("13650312", "19860602")]  # fmt: skip
    addresses = [
        "",
        "B*AR512",
        "B*ARJADID12512",
        "B*ARJADID12513",
        "NURB*AR5121",
        "B*AT512",
        "colebatch12",
        "colebtch12",
    ]
    for _ in range(count):
        birth, gregorian = rng.choice(dates)
        national_id = rng.choice(["", "9990000018", "9990000026", "9990000019", "0999000001", "5304218"])
        trust = rng.choice(list(IdTrust)[1:]) if national_id else IdTrust.NONE
        given, family, father = (rng.choice(names) for _ in range(3))
        yield RecordView(
            given, family, father, given[:3].upper(), family[:3].upper(), father[:3].upper(),
            voice(given), voice(family), voice(father), national_id, trust, birth, gregorian,
            rng.choice(["", "M", "F"]), rng.choice(["", "9123214567", "9123214568", "9123215467", "2112907287"]),
            rng.choice(["", "3158977413"]), rng.choice(addresses), rng.choice(["", "30", "23"]),
            rng.choice(["", "3001", "2301", "newtown", "newtwon"]), rng.choice(["", "1", "2"]),
            False, len(given) % 3, len(family) % 3, rng.random() < 0.3, rng.random() < 0.3, rng.random() < 0.3,
            rng.choice([0, 0b1111, 0b111111110, (1 << 61) - 1]), rng.choice([0, 0b11, 0b1110, (1 << 61) - 2]),
        )  # fmt: skip


def test_the_engine_finds_the_levels_that_the_desk_finds():
    left, right = list(any_views(3_000)), list(reversed(list(any_views(3_000))))
    columns = {
        "given_band": int,
        "family_band": int,
        "id_trust": int,
        "is_mobile_shared": bool,
        "is_postal_shared": bool,
        "letter_pairs": np.int64,
        "more_letter_pairs": np.int64,
    }
    expected = []
    with open_engine("duckdb") as engine:
        for name, views in (("l", left), ("r", right)):
            table = {"rid": np.arange(len(views))}
            for column in COMPARED_COLUMNS:
                cells = [getattr(view, column) for view in views]
                if column == "file":
                    table[column] = np.array([int(cell or 0) for cell in cells])
                else:
                    table[column] = np.array(cells, dtype=columns.get(column, object))
            engine.put(name, table)
        rows, persian = (
            engine.fetch(
                f"SELECT {levels_sql(is_file_given=False, has_latin=has_latin)} AS levels"
                " FROM l JOIN r USING (rid) ORDER BY rid"
            )
            for has_latin in (True, False)
        )
    for one, other in zip(left, right, strict=True):
        # the file of a batch is shared by all or by none of a pair: bands and flags are those of equal values
        expected.append(pack(compare_views(one, other)))
    same = np.array(expected) == rows["levels"]
    assert same.all()
    # where nobody is written in Latin letters it makes no difference that the engine doesn't ask
    names = [(view.given, view.family, view.father, view.address) for view in (*left, *right)]
    has_latin = np.array([any(map(is_latin, texts)) for texts in names]).reshape(2, -1).any(axis=0)
    assert has_latin.any()
    assert (rows["levels"] == persian["levels"])[~has_latin].all()
    assert (rows["levels"] != persian["levels"]).any()


def test_edits_are_counted_by_letters_where_the_engines_own_count_is_by_bytes():
    assert changed_letters("علی", "هستی", 5) == 3
    bytewise = duckdb.sql("SELECT levenshtein('علی', 'هستی')").fetchall()[0][0]
    assert bytewise != 3  # so names reach the engine only as codes of one byte a letter
    assert duckdb.sql("SELECT levenshtein('QI+', '*ST+')").fetchall()[0][0] == 3


LATIN = {
    "given_name": "Zahra", "family_name": "Mohammadi Asl", "father_name": "Hossein", "birth_date": "1363/05/12",
    "gender": "F", "county": "Karadj", "address": "Bahar St, no 12",
}  # fmt: skip


def test_a_person_is_found_in_two_scripts_without_a_number_and_her_sister_is_not(tmp_path, monkeypatch):
    numberless = PERSON | {"national_id": "", "mobile": "", "postal_code": ""}
    sister = LATIN | {"given_name": "Maryam", "birth_date": "1368/11/30"}
    path = write(tmp_path / "r.csv", [numberless, LATIN, sister])
    assert link(path) == [0, 0, 2]
    monkeypatch.setattr("sakha.linkage.queries.reading.voice", lambda code: code)
    monkeypatch.setattr("sakha.linkage.queries.reading.skeleton", lambda code: code)
    assert link(path) == [0, 1, 2]


@pytest.mark.parametrize("threshold", ["balanced", "certain"])
def test_the_same_person_in_two_spellings_is_found(tmp_path, threshold):
    other = PERSON | {"given_name": "سیده زهرا", "family_name": "محمدي", "birth_date": "1984-08-03"}
    assert link(write(tmp_path / "r.csv", [PERSON, other, {"given_name": "علی"}]), threshold) == [0, 0, 2]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_small_register_keeps_to_the_document_and_what_it_learns_can_be_kept(tmp_path, count):
    path = write(tmp_path / "r.csv", [PERSON | {"file_no": f"{place}"} for place in range(count)])
    with open_engine("duckdb") as engine:
        has_files = read_record_file(engine, path).has_files
        linked = link_records(engine, document=product_model(), threshold="certain", has_files=has_files)
    model = linked.learnt.model
    assert linked.firsts.tolist() == [0] * count
    assert parse_model(write_model(model, name="small", version=1)).shares == pytest.approx(model.shares, rel=1e-4)
    assert model.shares == pytest.approx(product_model().shares, abs=0.1)


# the mother's ID stands on one of her daughter's records, and on her own
DAUGHTER = PERSON | {"given_name": "ریحانه", "birth_date": "1390/02/02", "father_name": "علی"}
CLAIMED_TWICE = [PERSON | {"birth_date": ""}, DAUGHTER, DAUGHTER | {"national_id": "9990000026"}]


def test_an_id_that_two_given_names_claim_does_not_part_a_person(tmp_path):
    assert link(write(tmp_path / "r.csv", CLAIMED_TWICE)) == [0, 1, 1]


def test_without_the_rule_of_two_claimants_the_daughter_becomes_her_mother(tmp_path, monkeypatch):
    make = DuckDbEngine.table

    def make_without_rule(engine, name, query):
        make(engine, name, f"{query} LIMIT 0" if name == "doubtful_ids" else query)

    monkeypatch.setattr(DuckDbEngine, "table", make_without_rule)
    assert link(write(tmp_path / "r.csv", CLAIMED_TWICE)) == [0, 0, 2]


def test_who_is_beside_brothers_does_not_make_them_one(tmp_path):
    # the sister is linked; one brother stands in each of the two files, without ID and date
    family = {"family_name": "ساجدی‌فر", "father_name": "کریم", "mobile": "09123214567", "gender": ""}
    rows = [
        PERSON | {"source": "a", "file_no": "1"}, family | {"given_name": "مرتضی", "source": "a", "file_no": "1"},
        PERSON | {"source": "b", "file_no": "2"}, family | {"given_name": "بهروز", "source": "b", "file_no": "2"},
    ]  # fmt: skip
    assert link(write(tmp_path / "r.csv", rows)) == [0, 1, 0, 3]


def test_twins_with_their_own_ids_stay_two(tmp_path):
    twin = PERSON | {"given_name": "سارا", "national_id": "9990000026"}
    assert link(write(tmp_path / "r.csv", [PERSON, twin, PERSON, twin])) == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("حسن", "حسین"), ("Zahra", "Zohreh"), ("زهرا", "Zohreh"), ("هدی", "Hadi"), ("فرشید", "Farshad"),
        ("مهران", "Mehrin"),
    ],
)  # fmt: skip
def test_twins_whose_names_sound_alike_are_for_people(tmp_path, one, other):
    twin = PERSON | {"family_name": "حسینی", "national_id": ""}
    path = write(tmp_path / "r.csv", [twin | {"given_name": one}, twin | {"given_name": other}])
    assert link(path, "certain") == [0, 1]
    path = write(tmp_path / "r.csv", [twin | {"given_name": one}, twin | {"given_name": one}])
    assert link(path, "certain") == [0, 0]


def test_a_guardians_id_on_a_whole_family_merges_nobody(tmp_path):
    family = [
        PERSON | {"given_name": name, "birth_date": birth, "father_name": father, "gender": ""}
        for name, birth, father in (
            ("زهرا", "1343/05/12", "حسین"), ("رضا", "1365/02/01", "کریم"), ("نرگس", "1370/09/21", "کریم"),
            ("مهدی", "1374/11/30", "کریم"),
        )
    ]  # fmt: skip
    assert link(write(tmp_path / "r.csv", family)) == [0, 1, 2, 3]


def test_a_number_typed_because_the_form_wants_one_is_nothing(tmp_path):
    names = ["زهرا", "رضا", "نرگس", "مهدی", "سارا", "حمید", "بهروز", "شیرین", "کاظم", "لیلا", "پروین", "جواد"]
    rows = [{"given_name": name, "national_id": "1000000"} for name in names for _again in (1, 2)]
    with open_engine("duckdb") as engine:
        read_record_file(engine, write(tmp_path / "r.csv", rows))
        link_records(engine, document=product_model(), threshold="balanced", has_files=False)
        known = engine.fetch("SELECT count(*) AS rows FROM people WHERE national_id <> '' OR id_trust <> 0")
    assert known["rows"].tolist() == [0]


def test_a_whole_name_beside_a_dash_is_parted_in_a_file_as_at_the_desk(tmp_path):
    whole = PERSON | {"given_name": "زهرا محمدی اصل", "family_name": "-"}
    with open_engine("duckdb") as engine:
        read_record_file(engine, write(tmp_path / "r.csv", [whole]))
        link_records(engine, document=product_model(), threshold="balanced", has_files=False)
        read = engine.fetch("SELECT given, family FROM people")
    view = view_record(whole)
    assert (read["given"][0], read["family"][0]) == (view.given, view.family)
    assert view.family == view_record(PERSON).family


def test_a_social_workers_phone_merges_nobody(tmp_path):
    rng = random.Random(3)
    syllables = ["با", "دا", "سا", "را", "نو", "مه", "کا", "شی", "گل", "پر"]
    rows = [
        {
            "given_name": "".join(rng.sample(syllables, 3)), "family_name": "".join(rng.sample(syllables, 4)),
            "birth_date": f"{rng.randrange(1320, 1400)}/{rng.randrange(1, 13)}/{rng.randrange(1, 29)}",
            "mobile": "09123214567",
        }
        for _ in range(300)
    ]  # fmt: skip
    assert link(write(tmp_path / "r.csv", rows)) == list(range(300))


def test_the_same_file_gives_the_same_bytes_and_new_records_find_who_is_kept(tmp_path):
    other = PERSON | {"family_name": "محمدی", "mobile": ""}
    path, new = write(tmp_path / "r.csv", [PERSON, {"given_name": "علی"}]), write(tmp_path / "n.csv", [other])
    assert link(path) == link(path)
    with open_engine("duckdb") as engine:
        read_record_file(engine, path)
        linked = link_records(engine, document=product_model(), threshold="balanced", has_files=False)
        ids = engine.fetch("SELECT record_id FROM records ORDER BY rid")["record_id"]
        keep(engine, tmp_path / "kept", {"record_id": ids, "cluster_id": ids[linked.firsts]}, linked.learnt.model)
    with open_engine("duckdb") as engine:
        kept = load_kept(engine, tmp_path / "kept")
        read_record_file(engine, new)
        linked = link_new_records(engine, kept=kept, threshold="balanced", has_files=False)
    assert (linked.firsts.tolist(), linked.known_count) == ([0, 1, 0], 2)
    with open_engine("duckdb") as engine, pytest.raises(KeptMissing):
        load_kept(engine, tmp_path / "nowhere")


HOSTILE = {
    "empty cells": [{}] * 50,
    "names of a megabyte": [{"given_name": "ش" * 1_000_000, "family_name": "ب"}] * 2 + [PERSON],
    "marks and NUL": [PERSON | {"given_name": "\u200f\u202bزهرا\x00\u200f"}, PERSON],
    "all equal": [PERSON] * 3_000,
    "one phone for all": [{"mobile": "09123214567", "given_name": f"نام{n}"} for n in range(3_000)],
    "one case file for all": [{"file_no": "1", "given_name": "علی", "family_name": f"ب{n % 9}"} for n in range(2_000)],
    "quotes and breaks": [PERSON | {"address": 'خیابان "بهار"\nکوچه, ۵'}],
}


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_that_a_file_holds_breaks_it(tmp_path, case):
    path = write(
        tmp_path / "r.csv", [row | ({"source": "c"} if case != "marks and NUL" else {}) for row in HOSTILE[case]]
    )
    found = link(path)
    assert len(found) == len(HOSTILE[case])
    if case == "marks and NUL":
        assert found == [0, 0]


def test_blocks_stay_bounded_however_equal_the_records_are(tmp_path):
    path = write(tmp_path / "r.csv", [PERSON] * 2_000)
    with open_engine("duckdb") as engine:
        read_record_file(engine, path)
        linked = link_records(engine, document=product_model(), threshold="balanced", has_files=False)
    assert linked.candidate_count < 2_000 * 100  # all pairs would be two million


def test_memory_grows_with_the_register_up_to_half_of_the_machine_and_never_above_a_limit_that_was_named(tmp_path):
    assert room_mb(999_999, 64_000) == MEMORY_MB
    assert MEMORY_MB < room_mb(5_000_000, 64_000) < room_mb(50_000_000, 64_000)
    assert room_mb(50_000_000, 8_000) == 4_000
    assert room_mb(50_000_000, 2_000) == MEMORY_MB


@pytest.mark.parametrize(("named", "grows"), [(None, True), (300, False)])
def test_a_limit_that_the_caller_named_stays(monkeypatch, tmp_path, named, grows):
    monkeypatch.setattr("sakha.linkage.queries.duckdb_engine.room_mb", lambda *_: 3_000)
    with DuckDbEngine(named) as engine:
        before = engine.fetch("SELECT current_setting('memory_limit') AS it")["it"][0]
        read_record_file(engine, write(tmp_path / "r.csv", [PERSON]))
        assert (engine.fetch("SELECT current_setting('memory_limit') AS it")["it"][0] != before) is grows


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "LINK_FILE_EMPTY"), ("given_name\nعلی\n", "LINK_COLUMN_MISSING"),
        ("record_id,record_id\n1,2\n", "LINK_COLUMN_REPEATED"), ("record_id,given_name\n1,علی\n2\n", "LINK_ROW_BROKEN"),
        ("record_id\n1\n1\n", "LINK_RECORD_ID_WRONG"), ("record_id,given_name\n,علی\n", "LINK_RECORD_ID_WRONG"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_row_and_column(tmp_path, content, code):
    (tmp_path / "r.csv").write_text(content, encoding="utf-8")
    with open_engine("duckdb") as engine, pytest.raises(RecordFileInvalid) as refused:
        read_record_file(engine, tmp_path / "r.csv")
    assert refused.value.code == code
    assert refused.value.message


def test_other_encodings_and_missing_files_are_refused(tmp_path):
    (tmp_path / "r.csv").write_bytes("record_id,given_name\n1,رضا\n".encode("cp1256"))
    for name, code in (("r.csv", "LINK_ENCODING_WRONG"), ("none.csv", "LINK_FILE_MISSING")):
        with open_engine("duckdb") as engine, pytest.raises(RecordFileInvalid) as refused:
            read_record_file(engine, tmp_path / name)
        assert refused.value.code == code


def test_a_file_with_names_of_columns_only_has_nobody(tmp_path):
    assert link(write(tmp_path / "r.csv", [])) == []


def test_an_unknown_engine_is_refused():
    with pytest.raises(EngineMissing):
        open_engine("abacus")
