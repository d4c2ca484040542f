"""`sakha invite`: queue invitations for a province's uncovered, or say what would be; the worker sends them by day."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.utils import timezone
from rich.console import Console

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import (
    CampaignForecast,
    CampaignToOpen,
    InvitationsQueued,
    forecast_campaign,
    invite_candidates,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the campaign: its name, where, how many at most, and the address that the text names."""
    parser.add_argument("name", help="name of the campaign; the same name again goes on with it")
    parser.add_argument("--province", required=True, help="two-digit code")
    parser.add_argument("--county", default="", help="four-digit code, for one county alone")
    parser.add_argument(
        "--limit", type=int, required=True, help="most invitations of this campaign, lowest decile first"
    )
    parser.add_argument("--deciles", type=int, default=10, help="highest decile that is invited")
    parser.add_argument("--wave", type=int, default=None, help="invitations a wave; without it all at once")
    parser.add_argument("--wave-days", type=int, default=1, help="days between waves")
    parser.add_argument("--dry-run", action="store_true", help="say what would be queued, and queue nothing")
    parser.add_argument("--address", required=True, help="where the invited register, as the SMS names it")


def run(arguments: argparse.Namespace) -> int:
    """Queue them, nobody twice, and say how many and why not more."""
    campaign = CampaignToOpen(
        name=arguments.name,
        province=arguments.province,
        county=arguments.county,
        limit=arguments.limit,
        address=arguments.address,
        deciles_max=arguments.deciles,
        wave_size=arguments.wave,
        wave_days=arguments.wave_days,
    )
    if arguments.dry_run:
        part_rial = settings.SAKHA.sms_part_rial
        _show_forecast(forecast_campaign(actor=SYSTEM, at=timezone.now(), campaign=campaign, part_rial=part_rial))
        return 0
    queued = invite_candidates(actor=SYSTEM, at=timezone.now(), campaign=campaign)
    Console().print(f"{queued.queued_count:,} queued ({_rest(queued)}", highlight=False)
    return 0


def _show_forecast(forecast: CampaignForecast) -> None:
    deciles = ", ".join(f"decile {decile}: {count:,}" for decile, count in enumerate(forecast.by_decile, 1) if count)
    price = "" if forecast.cost_rial is None else f", {forecast.cost_rial:,} rials"
    expected = forecast.expected_household_count
    lines = [
        f"{forecast.queued.queued_count:,} would be queued in {forecast.wave_count:,} waves{price} ("
        + _rest(forecast.queued),
        deciles,
        "" if expected is None else f"about {expected:,} households would register",
    ]
    Console().print("\n".join(filter(None, lines)), highlight=False)


def _rest(queued: InvitationsQueued) -> str:
    return (
        f"{queued.part_count:,} SMS parts); not invited: "
        f"{queued.without_mobile_count:,} without a phone, {queued.shared_phone_count:,} sharing an invited phone, "
        f"{queued.opted_out_count:,} who want no messages, {queued.invited_before_count:,} invited before"
    )
