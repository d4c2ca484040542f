"""Tables and constraints of coordination, one module a part of the room. The migrations say who sees which row."""

from sakha.coordination.models.arrivals import EarlyReport, Inbound
from sakha.coordination.models.coverage import Candidate, Coverage, CoverageList
from sakha.coordination.models.doors import Knock, Message, Registration, SignInCode
from sakha.coordination.models.grievances import Grievance, GrievanceEntry
from sakha.coordination.models.introductions import (
    Introduction,
    IntroductionConsent,
    IntroductionEvent,
    Offer,
    Service,
)
from sakha.coordination.models.inviting import Campaign, Invitation, OptOut
from sakha.coordination.models.notices import Notice
from sakha.coordination.models.searches import PersonalAsk, Search

__all__ = [
    "Campaign",
    "Candidate",
    "Coverage",
    "CoverageList",
    "EarlyReport",
    "Grievance",
    "GrievanceEntry",
    "Inbound",
    "Introduction",
    "IntroductionConsent",
    "IntroductionEvent",
    "Invitation",
    "Knock",
    "Message",
    "Notice",
    "Offer",
    "OptOut",
    "PersonalAsk",
    "Registration",
    "Search",
    "Service",
    "SignInCode",
]
