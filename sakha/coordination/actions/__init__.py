"""The use cases of coordination: keep coverage, search for the uncovered, invite, send, hear a no, renew keys."""

from sakha.coordination.actions.asking_banks import ask_about_those_first_in_line
from sakha.coordination.actions.charity_coverage import CharityCoverage, record_charity_coverage
from sakha.coordination.actions.coverage_lists import (
    CoverageListLoaded,
    CoverageListOlder,
    CoverageListShrinks,
    CoverageNotYours,
    load_coverage_list,
)
from sakha.coordination.actions.doors import (
    ask_code_by_link,
    ask_code_by_number,
    check_link,
    enter,
    send_sign_in_code,
)
from sakha.coordination.actions.inviting import CampaignToOpen, InvitationsQueued, invite_candidates
from sakha.coordination.actions.notices import (
    HouseholdNotice,
    NoticesQueued,
    NoticeToQueue,
    queue_household_notices,
    queue_notice,
    queue_notices,
)
from sakha.coordination.actions.opting_out import Inbound, opt_out, receive_inbound
from sakha.coordination.actions.registering import (
    Consent,
    SentRegistration,
    save_draft,
    send_registration,
    stop_messages,
    withdraw_registration,
)
from sakha.coordination.actions.renewing import KeysInRenewal, reseal_batch
from sakha.coordination.actions.searching import (
    UncoveredCell,
    UncoveredSearch,
    count_uncovered,
    find_uncovered,
    find_uncovered_everywhere,
)
from sakha.coordination.actions.sending import SendingRun, refresh_statuses, send_invitations, send_notices
from sakha.coordination.rules.areas import ProvinceNotYours

__all__ = [
    "CampaignToOpen",
    "CharityCoverage",
    "Consent",
    "CoverageListLoaded",
    "CoverageListOlder",
    "CoverageListShrinks",
    "CoverageNotYours",
    "HouseholdNotice",
    "Inbound",
    "InvitationsQueued",
    "KeysInRenewal",
    "NoticeToQueue",
    "NoticesQueued",
    "ProvinceNotYours",
    "SendingRun",
    "SentRegistration",
    "UncoveredCell",
    "UncoveredSearch",
    "ask_about_those_first_in_line",
    "ask_code_by_link",
    "ask_code_by_number",
    "check_link",
    "count_uncovered",
    "enter",
    "find_uncovered",
    "find_uncovered_everywhere",
    "invite_candidates",
    "load_coverage_list",
    "opt_out",
    "queue_household_notices",
    "queue_notice",
    "queue_notices",
    "receive_inbound",
    "record_charity_coverage",
    "refresh_statuses",
    "reseal_batch",
    "save_draft",
    "send_invitations",
    "send_notices",
    "send_registration",
    "send_sign_in_code",
    "stop_messages",
    "withdraw_registration",
]
