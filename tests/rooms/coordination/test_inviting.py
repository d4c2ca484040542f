"""Queueing invitations: once a person, once a phone, nobody who said no."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Scope
from sakha.coordination.actions import (
    CampaignToOpen,
    ProvinceNotYours,
    invite_candidates,
    load_coverage_list,
    receive_inbound,
)
from sakha.coordination.rules.sms_text import TextUnfit
from tests.coordination_cast import (
    NOON,
    Family,
    a_list,
    a_mobile,
    candidate_states,
    given_agency,
    invitation_states,
    invite,
    rows,
    search,
    write_extract,
)
from tests.ledger_cast import PROVINCE, an_officer, given_household

pytestmark = pytest.mark.django_db


def found(tmp_path: Path, *families: Family) -> None:
    search(write_extract(tmp_path / "w.parquet", families))


def test_the_lowest_are_invited_first_up_to_the_limit(tmp_path: Path) -> None:
    found(tmp_path, Family(decile=3), Family(decile=1), Family(decile=2))

    queued = invite(limit=2)

    assert queued.queued_count == 2
    invited = rows(
        "SELECT official_decile FROM coordination_candidate JOIN coordination_invitation"
        " ON candidate_id = coordination_candidate.id ORDER BY 1"
    )
    assert invited == [(1,), (2,)]


def test_the_same_campaign_again_fills_its_limit_only(tmp_path: Path) -> None:
    found(tmp_path, *(Family() for _ in range(4)))

    assert [invite(limit=3).queued_count, invite(limit=3).queued_count, invite(limit=4).queued_count] == [3, 0, 1]


def test_nobody_is_invited_twice_by_another_campaign(tmp_path: Path) -> None:
    found(tmp_path, Family())
    invite()

    second = invite(name="زمستان")

    assert (second.queued_count, second.invited_before_count) == (0, 1)


def test_a_shared_phone_gets_one_invitation(tmp_path: Path) -> None:
    phone = a_mobile()
    found(tmp_path, Family(mobile=phone, decile=2), Family(mobile=phone, decile=1), Family(mobile=f"0{phone[3:]}"))

    queued = invite()

    assert (queued.queued_count, queued.shared_phone_count) == (1, 2)


def test_whoever_said_no_is_not_invited(tmp_path: Path) -> None:
    family = Family()
    found(tmp_path, family, Family(mobile=None))
    receive_inbound(actor=SYSTEM, at=NOON, mobile=f"0{family.mobile[3:]}", text="۱۱")

    queued = invite()

    assert (queued.queued_count, queued.opted_out_count, queued.without_mobile_count) == (0, 1, 1)


def test_whoever_is_registered_needs_no_invitation(tmp_path: Path) -> None:
    found(tmp_path, Family(head=given_household().national_id))

    assert candidate_states() == {"OPEN": 1}
    assert invite().queued_count == 0


def test_whoever_is_covered_since_the_search_is_not_invited(tmp_path: Path) -> None:
    family, agency = Family(), given_agency()
    found(tmp_path, family)
    load_coverage_list(
        actor=agency,
        at=NOON,
        organisation_id=agency.organisation_id,
        path_or_bytes=a_list(family.head),
        observed_on=NOON.date(),
    )

    assert invite().queued_count == 0
    assert candidate_states() == {"COVERED": 1}


def test_a_campaign_may_be_of_one_county(tmp_path: Path) -> None:
    found(tmp_path, Family(county="3001"), Family(county="3002"))

    invite(county="3002")

    assert rows("SELECT county, part_count FROM coordination_invitation") == [("3002", 2)]


@pytest.mark.parametrize("actor", [an_officer(province="21"), an_officer(Scope.COUNTY)])
def test_another_or_a_smaller_area_may_not_invite(actor) -> None:
    with pytest.raises(ProvinceNotYours):
        invite_candidates(
            actor=actor, at=NOON, campaign=CampaignToOpen(name="x", province=PROVINCE, limit=1, address="a.example")
        )


def test_an_address_that_tells_of_poverty_is_refused() -> None:
    with pytest.raises(TextUnfit):
        invite_candidates(
            actor=SYSTEM, at=NOON, campaign=CampaignToOpen(name="x", province=PROVINCE, limit=1, address="دهک.ایران")
        )


_AGAIN = """
    INSERT INTO coordination_invitation (candidate_id, campaign_id, mobile_index, mobile_sealed, province, county,
                                         state, reason, part_count, gateway, provider_id, attempt_count, queued_at)
    SELECT {candidate}, campaign_id, {mobile}, mobile_sealed, province, county, state, '', part_count, '', '', 0,
           queued_at
      FROM coordination_invitation ORDER BY id LIMIT 1
"""


@pytest.mark.parametrize(
    ("candidate", "mobile"),
    [
        ("candidate_id", "'\\x00'::bytea"),
        ("(SELECT max(id) FROM coordination_candidate)", "mobile_index"),
    ],
)
def test_the_database_refuses_a_second_invitation(tmp_path: Path, candidate: str, mobile: str) -> None:
    found(tmp_path, Family(), Family(mobile=None))
    invite()

    with pytest.raises(IntegrityError, match="unique"), transaction.atomic(), acting(SYSTEM):
        connection.cursor().execute(_AGAIN.format(candidate=candidate, mobile=mobile))


def test_without_its_constraint_a_second_invitation_would_stand(owner_cursor: psycopg.Cursor) -> None:
    with owner_cursor.connection.transaction(force_rollback=True):
        owner_cursor.execute("CREATE TEMP TABLE coordination_invitation (LIKE public.coordination_invitation)")
        owner_cursor.execute("ALTER TABLE pg_temp.coordination_invitation ALTER id DROP NOT NULL")
        owner_cursor.execute(
            "INSERT INTO pg_temp.coordination_invitation (candidate_id, campaign_id, mobile_index, mobile_sealed,"
            " province, county, state, reason, part_count, gateway, provider_id, attempt_count, queued_at)"
            " VALUES (1, 1, 'i', 's', '30', '', 'QUEUED', '', 1, '', '', 0, now())"
        )
        owner_cursor.execute(_AGAIN.format(candidate="candidate_id", mobile="mobile_index"))

        assert owner_cursor.execute("SELECT count(*) FROM coordination_invitation").fetchone() == (2,)


def test_a_no_cancels_what_is_queued(tmp_path: Path) -> None:
    family = Family()
    found(tmp_path, family, Family())
    invite()

    heard = receive_inbound(actor=SYSTEM, at=NOON, mobile=family.mobile, text="لغو")

    assert (heard.is_opt_out, heard.cancelled_count) == (True, 1)
    assert invitation_states() == {"QUEUED": 1, "CANCELLED": 1}


def test_a_no_is_kept_once_and_an_ordinary_text_not_at_all() -> None:
    phone = a_mobile()
    for _ in range(2):
        receive_inbound(actor=SYSTEM, at=NOON, mobile=phone, text="لغو۱۱")

    ordinary = receive_inbound(actor=SYSTEM, at=NOON + timedelta(hours=1), mobile=a_mobile(), text="چه باید بکنم؟")

    assert not ordinary.is_opt_out
    assert rows("SELECT source, opted_out_at FROM coordination_opt_out") == [("INBOUND_SMS", NOON)]
