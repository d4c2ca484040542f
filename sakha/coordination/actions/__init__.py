"""The use cases of coordination: keep coverage, search for the uncovered, invite, send, hear a no, renew keys."""

from sakha.coordination.actions.arrivals import ReportsTaken, apply_early_reports, collect, receive_reports
from sakha.coordination.actions.asking_banks import ask_about_those_first_in_line
from sakha.coordination.actions.campaigns import (
    CampaignEnded,
    CampaignForecast,
    CampaignUnknown,
    forecast_campaign,
    pause_campaign,
    queue_due_waves,
    resume_campaign,
    stop_campaign,
)
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
from sakha.coordination.actions.hearing import Inbound, hear, receive_inbound
from sakha.coordination.actions.in_person import (
    PersonalAskUnknown,
    ToAskLine,
    WhomToAsk,
    people_to_ask,
    take_person_to_ask,
    tell_outcome,
)
from sakha.coordination.actions.inviting import CampaignNotRunning, CampaignToOpen, InvitationsQueued, invite_candidates
from sakha.coordination.actions.notices import (
    HouseholdNotice,
    NoticesQueued,
    NoticeToQueue,
    queue_household_notices,
    queue_notice,
    queue_notices,
)
from sakha.coordination.actions.opting_out import opt_out
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
from sakha.coordination.actions.standing import reopen_uncovered, search_again
from sakha.coordination.actions.sweeping import forget_old_tries
from sakha.coordination.actions.telling import Told, remind, tell_what_waits
from sakha.coordination.rules.areas import ProvinceNotYours

__all__ = [
    "CampaignEnded",
    "CampaignForecast",
    "CampaignNotRunning",
    "CampaignToOpen",
    "CampaignUnknown",
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
    "PersonalAskUnknown",
    "ProvinceNotYours",
    "ReportsTaken",
    "SendingRun",
    "SentRegistration",
    "ToAskLine",
    "Told",
    "UncoveredCell",
    "UncoveredSearch",
    "WhomToAsk",
    "apply_early_reports",
    "ask_about_those_first_in_line",
    "ask_code_by_link",
    "ask_code_by_number",
    "check_link",
    "collect",
    "count_uncovered",
    "enter",
    "find_uncovered",
    "find_uncovered_everywhere",
    "forecast_campaign",
    "forget_old_tries",
    "hear",
    "invite_candidates",
    "load_coverage_list",
    "opt_out",
    "pause_campaign",
    "people_to_ask",
    "queue_due_waves",
    "queue_household_notices",
    "queue_notice",
    "queue_notices",
    "receive_inbound",
    "receive_reports",
    "record_charity_coverage",
    "refresh_statuses",
    "remind",
    "reopen_uncovered",
    "reseal_batch",
    "resume_campaign",
    "save_draft",
    "search_again",
    "send_invitations",
    "send_notices",
    "send_registration",
    "send_sign_in_code",
    "stop_campaign",
    "stop_messages",
    "take_person_to_ask",
    "tell_outcome",
    "tell_what_waits",
    "withdraw_registration",
]
