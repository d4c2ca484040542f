"""A need of the walk shown to givers, a gift for it, held by a charity and released again, so that no figure moves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk

_SHOWABLE = """
    SELECT need.household_id, need.kind, record.organisation_id FROM scoring_need AS need
      JOIN registry_household AS home ON home.id = need.household_id AND NOT home.is_protected
      JOIN ledger_need AS open ON open.household_id = need.household_id AND open.kind = need.kind
                              AND open.period = need.period AND open.target >= 1000000 + open.held + open.delivered
      JOIN registry_record AS record ON record.household_id = need.household_id
     WHERE need.state IN (2, 3, 4) AND need.kind = ANY(%s) AND need.expires_on >= %s AND home.merged_into_id IS NULL
       AND record.organisation_id = ANY(%s)
     ORDER BY count(*) OVER (PARTITION BY need.kind) DESC, need.id, record.organisation_id LIMIT 1
"""


def fill(walked: Walk) -> None:
    from sakha.access.rules import SYSTEM
    from sakha.giving.actions import allow_publishing, hold_with_gifts, refresh_listings, settle_draws
    from sakha.giving.actions.donors import ask_giver_code, open_organisation_giver
    from sakha.giving.actions.goods import NewOffer, offer_goods, settle_goods, take_goods
    from sakha.giving.actions.refunding import propose_refund
    from sakha.giving.actions.sponsorships import NewSponsorship, begin_sponsorship
    from sakha.giving.queries.donors import find_donor
    from sakha.giving.rules.goods import GOODS
    from sakha.giving.rules.promises import GiverMarks
    from sakha.giving.rules.sponsorships import SponsorshipAim
    from sakha.giving.rules.terms import GIVEN_KINDS
    from sakha.ledger.actions import release_aid
    from sakha.vocabulary.need_kinds import NeedKind
    from tests.giving_cast import begin_check, give, rows, sandbox
    from tests.journeys.conftest import AT
    from tests.ledger_cast import a_request

    staff = {
        body.staff.organisation_id: body.staff for body in walked.happened.cast.charities if not body.staff.withheld
    }
    ((household_id, kind, organisation_id),) = rows(
        _SHOWABLE, [one.value for one in GIVEN_KINDS], AT.date(), list(staff)
    )
    allow_publishing(actor=staff[organisation_id], at=AT, household_id=household_id)
    assert refresh_listings(at=AT).shown_count
    ((code,),) = rows("SELECT code FROM giving_listing WHERE household_id = %s AND kind = %s", household_id, kind)
    ask_giver_code(at=AT, mobile="+989990000017", address="192.0.2.1")
    begin_check(AT)
    donor = find_donor(donor_id=open_organisation_giver(at=AT, organisation_id=organisation_id))
    promise = NewSponsorship(request_id=a_request(), amount_rial=1_000_000, aim=SponsorshipAim.POOL)
    begin_sponsorship(giver=donor, at=AT, promise=promise)
    # pieces without an officers' price, worth next to nothing: no open need is too small
    items = {one.kind.value: code for code, one in GOODS.items() if one.is_counted_in_rial and not one.price_name}
    ((fit_id, fit_kind, fit_body),) = rows(_SHOWABLE, list(items), AT.date(), list(staff))
    goods = NewOffer(
        request_id=a_request(),
        item=items[fit_kind],
        quantity=1,
        worth_rial=1_000,
        province=staff[fit_body].province,
        contact="انبار",
    )
    offer_id = offer_goods(giver=donor, at=AT, offer=goods)
    taken = take_goods(
        actor=staff[fit_body],
        at=AT,
        offer_id=offer_id,
        household_id=fit_id,
        quantity=1,
        request_id=a_request(),
    )
    release_aid(actor=staff[fit_body], at=AT, hold_id=taken.hold_id)
    assert settle_goods(at=AT) == 1
    with sandbox() as gateway:
        give(gateway, 1_000_000, listing_code=code, giver=GiverMarks(session="walk"))
        late = give(gateway, 100_000, province="23", expires_on=AT.date())
    propose_refund(actor=SYSTEM, at=AT + timedelta(days=2), gift_id=late.gift_id, reason="")
    held = hold_with_gifts(
        actor=staff[organisation_id],
        at=AT,
        household_id=household_id,
        kind=NeedKind(kind),
        amount_rial=500_000,
        request_id=a_request(),
    )
    release_aid(actor=staff[organisation_id], at=AT, hold_id=held.hold_id)
    assert settle_draws(at=AT) == 1
