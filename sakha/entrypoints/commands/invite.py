"""`sakha invite`: queue invitations for a province's uncovered; the worker sends them in waking hours."""

from __future__ import annotations

import argparse

from django.utils import timezone
from rich.console import Console

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import CampaignToOpen, invite_candidates


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the campaign: its name, where, how many at most, and the address that the text names."""
    parser.add_argument("name", help="name of the campaign; the same name again goes on with it")
    parser.add_argument("--province", required=True, help="two-digit code")
    parser.add_argument("--county", default="", help="four-digit code, for one county alone")
    parser.add_argument(
        "--limit", type=int, required=True, help="most invitations of this campaign, lowest decile first"
    )
    parser.add_argument("--address", required=True, help="where the invited register, as the SMS names it")


def run(arguments: argparse.Namespace) -> int:
    """Queue them, nobody twice, and say how many and why not more."""
    queued = invite_candidates(
        actor=SYSTEM,
        at=timezone.now(),
        campaign=CampaignToOpen(
            name=arguments.name,
            province=arguments.province,
            county=arguments.county,
            limit=arguments.limit,
            address=arguments.address,
        ),
    )
    Console().print(
        f"{queued.queued_count:,} queued ({queued.part_count:,} SMS parts); not invited: "
        f"{queued.without_mobile_count:,} without a phone, {queued.shared_phone_count:,} sharing an invited phone, "
        f"{queued.opted_out_count:,} who want no messages, {queued.invited_before_count:,} invited before",
        highlight=False,
    )
    return 0
