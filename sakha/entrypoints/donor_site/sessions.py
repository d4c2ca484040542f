"""What a session keeps of a giver: to which number a code went, and afterwards whose account is open.

Half an hour without a touch ends it: a phone is often somebody else's.
"""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from sakha.access.queries import key_ring
from sakha.access.rules import Actor
from sakha.access.rules.sealing import open_sealed, seal
from sakha.giving.actions.donors import open_organisation_giver
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.legal_givers import find_legal_account
from sakha.giving.rules.donors import GiverChanged

SECONDS_IDLE = 30 * 60
_ASKED, _DONOR, _FOR = "giver_asked", "giver_donor", "giver_for"


def keep_asked(request: HttpRequest, mobile: str) -> None:
    """Remember, sealed, to which number a code went, and nothing of an earlier visit."""
    request.session.flush()
    request.session[_ASKED] = seal(key_ring(), mobile).hex()
    request.session.set_expiry(SECONDS_IDLE)


def find_asked(request: HttpRequest) -> str:
    """To which number a code went from this browser; empty where to none."""
    kept = request.session.get(_ASKED, "")
    return open_sealed(key_ring(), bytes.fromhex(kept)) if kept else ""


def begin_visit(request: HttpRequest, donor_id: int) -> None:
    """Open the account, under a fresh session key."""
    request.session.flush()
    request.session[_DONOR] = donor_id
    request.session.set_expiry(SECONDS_IDLE)
    rotate_token(request)


def end_visit(request: HttpRequest) -> None:
    """Close the account in this browser. Whoever is signed in for an organisation signs out at its own pages."""
    if _DONOR in request.session or _ASKED in request.session:
        request.session.flush()


def find_person(request: HttpRequest) -> DonorCard | None:
    """Who came in by the own phone, for whomever they give."""
    donor_id: int | None = request.session.get(_DONOR)
    return find_donor(donor_id=donor_id) if donor_id is not None else None


def act_for(request: HttpRequest, legal_giver_id: int) -> None:
    """From now on give in the name of a legal giver, or with 0 in one's own again. Who may is asked each time anew."""
    if legal_giver_id:
        request.session[_FOR] = legal_giver_id
    else:
        request.session.pop(_FOR, None)


def require_same_giver(request: HttpRequest, giver: DonorCard | None) -> None:
    """Refuse what was sent from a page that named another account: one may be chosen beside it, in a second tab.

    A form of before forms said it says none; for a legal giver each does. Raises: GiverChanged.
    """
    told = request.POST.get("account")
    if told is None and (giver is None or giver.legal_giver_id is None):
        return
    if told != (str(giver.donor_id) if giver else ""):
        raise GiverChanged


def find_giver(request: HttpRequest) -> DonorCard | None:
    """Whose account is open: a giver's own, a legal giver's, or that of a body for which somebody is signed in."""
    donor_id: int | None = request.session.get(_DONOR)
    if donor_id is not None:
        request.session.set_expiry(SECONDS_IDLE)
        legal_id = request.session.get(_FOR, 0)
        account = find_legal_account(donor_id=donor_id, legal_giver_id=legal_id) if legal_id else None
        return find_donor(donor_id=account or donor_id)
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.organisation_id is None:
        return None
    card = find_donor(donor_id=open_organisation_giver(at=timezone.now(), organisation_id=actor.organisation_id))
    # What the standing of a body takes away is withheld from whoever acts for it.
    return None if card is None else replace(card, is_in_good_standing=not actor.withheld)
