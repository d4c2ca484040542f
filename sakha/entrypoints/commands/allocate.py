"""`sakha allocate`: share funds fairly among needs, from files to a file, with proof and answers.

Needs no database: an analyst or an auditor can run it anywhere. What the columns mean is in `docs/allocation.md`.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sakha.allocation.actions import write_allocations, write_report
from sakha.allocation.queries import AllocationFiles, open_files
from sakha.allocation.rules.certificate import Certificate, certify, find_most_payable
from sakha.allocation.rules.explaining import Answers, compare_needs
from sakha.allocation.rules.fairness import Fairness, measure_fairness
from sakha.allocation.rules.sharing import Sharing, share_funds
from sakha.allocation.rules.suggesting import Suggestions

EXIT_REFUSED: Final = 2
# The check looks at every fund beside every need; above this many pairs it is asked for by --certify.
_CERTIFIED_PAIRS: Final = 100_000_000
_SHOWN_FUNDS: Final = 20
_SHOWN_NEEDS: Final = 20
_SUGGESTED_RIALS: Final = 10_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the files, and what to say about the result."""
    parser.add_argument("--funds", type=Path, required=True, help="funds with their givers' conditions (CSV)")
    parser.add_argument("--needs", type=Path, required=True, help="open needs (CSV)")
    parser.add_argument("--out", type=Path, required=True, help="who pays what: fund_id, need_id, amount (CSV)")
    parser.add_argument("--report", type=Path, metavar="DIR", help="folder for figures, levels and the certificate")
    parser.add_argument("--certify", action="store_true", help="check the result also where that takes long")
    parser.add_argument("--explain", metavar="NEED_ID", help="say why this need got what it got")
    parser.add_argument("--instead-of", metavar="NEED_ID", help="with --explain: why that need and not this one")
    parser.add_argument(
        "--suggest", metavar="FUND_ID", help="where one more gift under this fund's conditions would go"
    )
    parser.add_argument(
        "--rials", type=int, default=_SUGGESTED_RIALS, help="with --suggest: how much (default 10 million)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Share, write, and print what happened."""
    console = Console()
    began = time.monotonic()
    bars = Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console)
    with bars:
        task = bars.add_task("reading")
        with open_files(arguments.needs, arguments.funds) as files:
            sharing = share_funds(files.needs, files.funds, tell=lambda step: bars.update(task, description=step))
            certificate = _certify(files, sharing, asked=arguments.certify)
            fairness = measure_fairness(
                files.needs,
                files.funds,
                given=sharing.given,
                spent=sharing.spent,
                payment_count=len(sharing.payments.fund),
            )
            bars.update(task, description="writing")
            write_allocations(files, sharing, arguments.out)
            if arguments.report is not None:
                write_report(files, sharing, fairness, certificate, arguments.report)
            answers = _answers(files, sharing, arguments.explain, arguments.instead_of)
            answers += _suggest(files, sharing, arguments.suggest, arguments.rials)
    _show(console, fairness, sharing, certificate, time.monotonic() - began)
    for line in answers:
        console.print(line, highlight=False)
    is_sound = certificate is None or not (certificate.broken_rules or (sharing.is_exact and certificate.complaint))
    return 0 if is_sound else EXIT_REFUSED


def _certify(files: AllocationFiles, sharing: Sharing, *, asked: bool) -> Certificate | None:
    if not asked and files.needs.count * len(files.funds) > _CERTIFIED_PAIRS:
        return None
    certificate = certify(files.needs, files.funds, sharing.payments, kept=sharing.kept)
    if len(sharing.apart) and find_most_payable(files.needs, files.funds, sharing.apart) > sharing.bound:
        return replace(certificate, broken_rules=(*certificate.broken_rules, "BOUND_NOT_PROVED"))
    return certificate


def _show(
    console: Console, fairness: Fairness, sharing: Sharing, certificate: Certificate | None, seconds: float
) -> None:
    console.print(
        f"{fairness.paid:,} of {fairness.money:,} rials in {fairness.payment_count:,} payments to"
        f" {fairness.served_count:,} needs; {fairness.full_count:,} needs are full; {fairness.unspent:,} rials found no"
        f" lawful need ({fairness.unspent_expiring:,} of them expire)"
    )
    for tier in fairness.tiers:
        console.print(f"  tier {tier.name}: fill {tier.fill:.3f}, lowest {tier.lowest:.3f} ({tier.need_count:,} needs)")
    console.print(f"Gini of fill {fairness.gini_before:.3f} before, {fairness.gini_after:.3f} after")
    if certificate is None:
        console.print("not checked by the second program: run again with --certify")
    elif certificate.holds:
        console.print("checked by the second program: no rule is broken, nobody can complain")
    elif not sharing.is_exact and not certificate.broken_rules:
        console.print(
            "checked by the second program: no rule is broken, but a rial moved along a chain of funds could lessen a"
            f" difference of levels of {certificate.complaint:.6f}"
        )
    else:
        console.print(f"CHECK FAILED: {', '.join(certificate.broken_rules)} complaint {certificate.complaint}")
    exact = "exact" if sharing.is_exact else "lawful, not proved exact"
    if sharing.bound > fairness.paid:
        whole = ", even if whole needs could be paid in part" if sharing.is_exact else ""
        console.print(
            f"no result could pay more than {sharing.bound:,} rials{whole}; this one pays {sharing.gap:.3%} less"
        )
    console.print(f"{exact}; {sharing.flow_count:,} maximum flows; {seconds:.1f} s")


def _answers(files: AllocationFiles, sharing: Sharing, asking: str | None, served: str | None) -> list[str]:
    if asking is None:
        return []
    row = files.find_need(asking)
    if row is None:
        return [f"no need is named {asking}"]
    told = Answers(files.needs, files.funds, sharing.payments).explain(row)
    lines = [f"{asking}: level {told.level_before:.6f} → {told.level_after:.6f}, given {told.given:,} rials"]
    lines += [f"  paid by {files.fund_ids[fund]}: {amount:,}" for fund, amount in told.paid_by]
    for one in told.payable_by[:_SHOWN_FUNDS]:
        state = "this household's limit is reached" if one.is_household_limit_reached else f"{one.left:,} rials left"
        lines.append(
            f"  may be paid by {files.fund_ids[one.fund]}: {state}; it paid nobody above level {one.best_level:.6f}"
        )
    if len(told.payable_by) > _SHOWN_FUNDS:
        lines.append(f"  and by {len(told.payable_by) - _SHOWN_FUNDS} more")
    if not told.payable_by:
        lines.append("  no fund's conditions include this need")
    other = None if served is None else files.find_need(served)
    if served is not None and other is None:
        lines.append(f"no need is named {served}")
    if other is not None:
        for fund, refusals in compare_needs(files.needs, files.funds, sharing.payments, served=other, asking=row):
            why = (
                f"may not pay {asking}: {', '.join(refusals)}"
                if refusals
                else f"may pay both; {served} was no better off"
            )
            lines.append(f"  {files.fund_ids[fund]} paid {served} and {why}")
    return lines


def _suggest(files: AllocationFiles, sharing: Sharing, name: str | None, rials: int) -> list[str]:
    if name is None:
        return []
    if name not in files.fund_ids:
        return [f"no fund is named {name}"]
    gift = replace(files.funds[files.fund_ids.index(name)], amount=rials)
    told = Suggestions(files.needs, sharing.given).suggest(gift)
    lines = [
        f"{rials:,} rials more under the conditions of {name}: to {len(told.needs):,} needs, {told.left:,} find none"
    ]
    names = files.need_names(told.needs[:_SHOWN_NEEDS].tolist())
    lines += [f"  {need}: {given:,}" for need, given in zip(names, told.rials.tolist(), strict=False)]
    if len(told.needs) > _SHOWN_NEEDS:
        lines.append(f"  and to {len(told.needs) - _SHOWN_NEEDS:,} more")
    if gift.max_per_household is not None:
        lines.append("  (the limit per household is looked at in the run of all funds)")
    return lines
