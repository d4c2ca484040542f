"""A household registers itself: by the register's own way, once, with consent, and sees its own file and no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from sakha.access.queries import acting, key_ring, who_looked
from sakha.access.rules import SYSTEM, household_actor
from sakha.access.rules.sealing import add_keys, open_sealed, parse_key_ring
from sakha.coordination.actions import (
    Consent,
    SentRegistration,
    check_link,
    record_charity_coverage,
    reseal_batch,
    save_draft,
    send_registration,
    stop_messages,
    withdraw_registration,
)
from sakha.coordination.actions.registering import save_page
from sakha.coordination.queries import find_known_beforehand, find_registration, what_came
from sakha.coordination.rules.doors import (
    TRIES_MAX,
    ConsentMissing,
    DoorClosed,
    DraftOlder,
    RegistrationClosed,
    RegistrationTriedTooOften,
    page_version,
)
from sakha.ledger.actions import deliver_aid, hold_aid, open_needs
from sakha.ledger.rules import NeedToOpen
from sakha.ledger.rules.states import HoldStatus
from sakha.registry.actions import HouseholdInvalid, register_household
from sakha.registry.actions.uniting import merge_households, undo_merge
from sakha.registry.queries import HouseholdUnknown
from sakha.registry.queries.households import get_household_file
from sakha.scoring.queries import get_needs
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import NOON, Family, candidate_states, rows, score, search, write_extract
from tests.door_cast import ADDRESS, come_in, given_invited, link_of, newest_text, told_by
from tests.ledger_cast import a_national_id, a_request, an_officer, given_charity

pytestmark = pytest.mark.django_db

YES = Consent(is_given=True)


@pytest.fixture
def family(tmp_path: Path) -> Family:
    return given_invited(tmp_path)


@pytest.fixture
def begun(family: Family) -> int:
    del family
    return come_in(link_of(newest_text()))


def send(family: Family, begun: int, **facts: str) -> SentRegistration:
    declaration = told_by(family, facts=facts or None)
    return send_registration(at=NOON, registration_id=begun, declaration=declaration, consent=YES)


def test_what_is_sent_goes_the_registers_own_way_and_is_scored_at_once(family: Family, begun: int) -> None:
    sent = send(family, begun)

    assert rows("SELECT origin, state, record_count FROM registry_intake_file") == [("SELF", "LOADED", 2)]
    assert rows("SELECT household_id FROM registry_record") == [(sent.household_id,)] * 2
    assert rows("SELECT household_id FROM scoring_score") == [(sent.household_id,)]
    assert rows("SELECT count(*) > 0 FROM ledger_need WHERE household_id = %s", sent.household_id) == [(True,)]
    assert rows("SELECT state, household_id, is_file_open FROM coordination_registration") == [
        ("SENT", sent.household_id, True)
    ]


def test_the_candidate_knows_its_household_and_is_covered_by_nobody_yet(family: Family, begun: int) -> None:
    sent = send(family, begun)
    record_charity_coverage(actor=SYSTEM, at=NOON)

    [(household, person, state)] = rows("SELECT household_id, person_id, state FROM coordination_candidate")

    assert (household, state) == (sent.household_id, "OPEN")
    assert rows("SELECT given_name FROM registry_person WHERE id = %s", person) == [("پروانه",)]
    assert rows("SELECT count(*) FROM coordination_coverage") == [(0,)]


def test_a_later_search_finds_the_same_candidate_and_invites_nobody_again(
    family: Family, begun: int, tmp_path: Path
) -> None:
    sent = send(family, begun)

    search(write_extract(tmp_path / "later.parquet", [family]))

    assert candidate_states() == {"OPEN": 1}
    assert rows("SELECT household_id FROM coordination_candidate") == [(sent.household_id,)]


def test_nothing_is_sent_without_consent_and_nothing_twice(family: Family, begun: int) -> None:
    declaration = told_by(family)
    with pytest.raises(ConsentMissing):
        send_registration(at=NOON, registration_id=begun, declaration=declaration, consent=Consent(is_given=False))
    assert rows("SELECT count(*) FROM registry_record") == [(0,)]

    send(family, begun)
    with pytest.raises(RegistrationClosed):
        send(family, begun)
    with pytest.raises(RegistrationClosed):
        save_draft(at=NOON, registration_id=begun, draft={})


def test_of_two_tabs_the_older_is_refused_and_other_pages_stay(begun: int) -> None:
    def keep(page: str, name: str, seen: str | None) -> None:
        save_page(at=NOON, registration_id=begun, page=page, answers={"given_name": name}, seen=seen)

    empty = page_version(None)
    keep("head", "پروانه", empty)
    keep("home", "خانه", empty)  # another page, shown before the head was saved
    with pytest.raises(DraftOlder):
        keep("head", "پریسا", empty)
    keep("head", "پریوش", page_version({"given_name": "پروانه"}))

    draft = find_registration(registration_id=begun).draft
    assert draft == {"head": {"given_name": "پریوش"}, "home": {"given_name": "خانه"}}


def test_who_filled_it_in_for_the_household_is_kept_sealed(family: Family, begun: int) -> None:
    consent = Consent(is_given=True, helper_name="همسایه نمونه", helper_relation="همسایه")

    send_registration(at=NOON, registration_id=begun, declaration=told_by(family), consent=consent)

    [(sealed, consented_at)] = rows("SELECT helper_sealed, consented_at FROM coordination_registration")
    assert consented_at == NOON
    assert "همسایه نمونه" in open_sealed(key_ring(), bytes(sealed))
    assert find_registration(registration_id=begun).helper_name == "همسایه نمونه"


def test_the_link_is_used_up_once_the_household_is_registered(family: Family, tmp_path: Path) -> None:
    del tmp_path
    link = link_of(newest_text())
    send(family, come_in(link))

    with pytest.raises(DoorClosed):
        check_link(at=NOON, link=link, address=ADDRESS)


def test_the_draft_is_sealed_kept_for_later_and_gone_once_sent(family: Family, begun: int) -> None:
    save_draft(at=NOON, registration_id=begun, draft={"head": {"given_name": "پروانه", "national_id": family.head}})

    [(sealed,)] = rows("SELECT draft_sealed FROM coordination_registration")
    assert "پروانه".encode() not in bytes(sealed)
    assert family.head.encode() not in bytes(sealed)
    assert find_registration(registration_id=begun).draft["head"]["given_name"] == "پروانه"
    send(family, begun)
    assert rows("SELECT draft_sealed FROM coordination_registration") == [(None,)]


# --- whose file -----------------------------------------------------------------------------------------------------


def test_a_household_reads_its_own_file_and_nobody_elses(family: Family, begun: int, tmp_path: Path) -> None:
    own = send(family, begun)
    other = given_invited(tmp_path)
    theirs = send(other, come_in(link_of(newest_text())))
    reader = find_registration(registration_id=begun).reader

    file = get_household_file(actor=reader, at=NOON, household_id=own.household_id)
    assert file.members[0].given_name == "پروانه"
    assert get_needs(actor=reader, at=NOON, household_id=own.household_id).needs
    with pytest.raises(HouseholdUnknown):
        get_household_file(actor=reader, at=NOON, household_id=theirs.household_id)
    with acting(reader), connection.cursor() as cursor:
        for table in ("registry_household", "scoring_score"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (1,), table
        cursor.execute("SELECT count(*) FROM registry_record")
        assert cursor.fetchone() == (0,)


def test_control_in_no_scope_of_a_household_nothing_of_it_is_seen(family: Family, begun: int) -> None:
    own = send(family, begun)

    with pytest.raises(HouseholdUnknown):
        get_household_file(actor=household_actor(own.household_id + 1), at=NOON, household_id=own.household_id)


def test_the_household_sees_who_looked(family: Family, begun: int) -> None:
    own = send(family, begun)
    charity = given_charity("خیریهٔ مهر")
    register_household(actor=charity, at=NOON, declaration=told_by(family))
    get_household_file(actor=charity, at=NOON, household_id=own.household_id)

    def seen_by(household_id: int) -> set[str]:
        with acting(household_actor(household_id)) as reader:
            return {look.organisation_name for look in who_looked(actor=reader, household_id=own.household_id)}

    assert "خیریهٔ مهر" in seen_by(own.household_id)
    assert seen_by(own.household_id + 1) == set()


def test_a_family_that_the_register_knows_already_is_not_shown_to_a_telephone(family: Family, begun: int) -> None:
    known = register_household(actor=given_charity("خیریهٔ نور"), at=NOON, declaration=told_by(family))

    sent = send(family, begun, rooms="2")

    assert (sent.household_id, sent.is_file_open) == (known.household_id, False)
    card = find_registration(registration_id=begun)
    assert card.reader is None
    assert what_came(at=NOON, registration=card) == ()


def test_a_file_that_was_joined_with_anothers_is_no_longer_shown_to_a_telephone(family: Family, begun: int) -> None:
    own = send(family, begun)
    theirs = register_household(actor=given_charity("خیریهٔ نور"), at=NOON, declaration=told_by(Family()))
    homes = (own.household_id, theirs.household_id)

    merge = merge_households(actor=an_officer(), at=NOON, household_ids=homes, reason="test")

    card = find_registration(registration_id=begun)
    assert (card.household_id, card.reader) == (min(homes), None)
    assert what_came(at=NOON, registration=card) == ()
    undo_merge(actor=an_officer(), at=NOON, merge_id=merge.id)
    assert find_registration(registration_id=begun).reader is not None


def test_somebody_elses_number_on_the_sheet_opens_no_file_and_ends_soon(family: Family, begun: int) -> None:
    victim = Family()
    register_household(actor=given_charity("خیریهٔ نور"), at=NOON, declaration=told_by(victim))
    thief = Family(head=victim.head, others=[])
    declaration = told_by(thief)
    other_name = declaration.members[0].__class__(
        given_name="غریبه", family_name="دیگری", national_id=victim.head, birth_date="1340", relation="سرپرست"
    )
    forged = declaration.__class__(members=(other_name,), province="البرز", county="کرج")
    for _ in range(TRIES_MAX):
        with pytest.raises(HouseholdInvalid):
            send_registration(at=NOON, registration_id=begun, declaration=forged, consent=YES)

    with pytest.raises(RegistrationTriedTooOften):
        send_registration(at=NOON, registration_id=begun, declaration=told_by(family), consent=YES)


# --- what was known, what came, saying no ---------------------------------------------------------------------------


def test_what_is_known_is_shown_to_whoever_writes_the_invited_number_only(family: Family, begun: int) -> None:
    known = find_known_beforehand(at=NOON, registration_id=begun, national_id=family.head)

    assert (known.county, known.household_size) == (family.county, 2)
    assert find_known_beforehand(at=NOON, registration_id=begun, national_id=a_national_id()) is None
    assert find_known_beforehand(at=NOON, registration_id=begun, national_id="") is None


def test_what_came_is_told_with_its_giver(family: Family, begun: int) -> None:
    own = send(family, begun)
    charity = given_charity("خیریهٔ مهر")
    register_household(actor=charity, at=NOON, declaration=told_by(family))
    need = NeedToOpen(household_id=own.household_id, kind=NeedKind.CASH, period=140508, target=10)
    open_needs(actor=SYSTEM, at=NOON, needs=[need])
    held = hold_aid(
        actor=charity, at=NOON, household_id=own.household_id, kind=NeedKind.CASH, quantity=10, request_id=a_request()
    )
    deliver_aid(actor=charity, at=NOON + timedelta(hours=1), hold_id=held.require_held())

    gifts = what_came(at=NOON + timedelta(hours=2), registration=find_registration(registration_id=begun))

    assert [(gift.kind, gift.quantity, gift.status) for gift in gifts] == [(NeedKind.CASH, 10, HoldStatus.DELIVERED)]
    assert gifts[0].giver == "خیریهٔ مهر"


@pytest.mark.parametrize("is_sent", [False, True])
def test_consent_can_be_taken_back(family: Family, begun: int, is_sent: bool) -> None:
    save_draft(at=NOON, registration_id=begun, draft={"head": {"given_name": "پروانه"}})
    if is_sent:
        send(family, begun)

    for _ in range(2):
        withdraw_registration(at=NOON + timedelta(days=1), registration_id=begun)

    assert rows("SELECT state, draft_sealed FROM coordination_registration") == [("WITHDRAWN", None)]
    assert candidate_states() == {"LEFT": 1}
    assert rows("SELECT count(*) FROM registry_record") == [(2 * is_sent,)]


@pytest.mark.parametrize("is_sent", [False, True])
def test_no_later_search_brings_back_who_took_the_consent_back(
    family: Family, begun: int, tmp_path: Path, is_sent: bool
) -> None:
    if is_sent:
        score(send(family, begun).household_id, 1)
    withdraw_registration(at=NOON, registration_id=begun)
    family.decile = 2

    search(write_extract(tmp_path / "later.parquet", [family]), at=NOON + timedelta(days=30))

    assert candidate_states() == {"LEFT": 1}


def test_a_phone_that_wants_no_messages_is_kept_and_still_gets_its_own_codes(family: Family, begun: int) -> None:
    stop_messages(at=NOON, registration_id=begun)

    assert rows("SELECT source FROM coordination_opt_out") == [("HOUSEHOLD",)]
    assert come_in(link_of_again(family)) == begun


def link_of_again(family: Family) -> str:
    del family
    [(sealed,)] = rows("SELECT text_sealed FROM coordination_message WHERE invitation_id IS NOT NULL")
    return link_of(open_sealed(key_ring(), bytes(sealed)))


def test_drafts_and_helpers_are_sealed_anew(family: Family, begun: int) -> None:
    del family
    save_draft(at=NOON, registration_id=begun, draft={"head": {"given_name": "پروانه"}})
    before = rows("SELECT draft_sealed FROM coordination_registration")
    ring = parse_key_ring(add_keys(settings.SAKHA.keys_text()))

    while reseal_batch(actor=SYSTEM, ring=ring, limit=50):
        pass

    after = rows("SELECT draft_sealed FROM coordination_registration")
    assert before != after
    assert "پروانه" in open_sealed(ring, bytes(after[0][0]))
