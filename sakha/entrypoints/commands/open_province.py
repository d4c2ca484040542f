"""`sakha open-province`: offices, agencies and charities of a province, their first links, its training installation.

Decides the order, and that each step finds what it has made before: run again, it goes on and doubles nothing.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

from django.conf import settings
from django.utils import timezone

from sakha.access.actions import acting, create_organisations, create_users
from sakha.access.actions.houses import say_house
from sakha.access.actions.password_links import FIRST_LINK_LIVES, give_first_links
from sakha.access.queries import key_ring, organisations
from sakha.access.queries.houses import find_people
from sakha.access.queries.users import UserCard, users_known
from sakha.access.rules import SYSTEM, NewUser
from sakha.access.rules.sealing import People, generate_key_ring, say_people
from sakha.entrypoints.commands.database import keep_word
from sakha.entrypoints.commands.house import is_migrated
from sakha.entrypoints.commands.key_file import change_keys, find_key_file
from sakha.entrypoints.commands.province_file import Invited, ProvinceFile, Training, read_province_file
from sakha.observatory.actions.openings import open_province, require_no_simulated_people
from sakha.vocabulary.jalali import TEHRAN, show_date
from sakha.vocabulary.places import PROVINCES
from sakha.vocabulary.refusal import Refusal

_ENVIRONMENT_OF_ITS_OWN: Final = frozenset({"DATABASE_URL", "DATABASE_OWNER_URL"})


class ProvinceClash(Refusal):
    """Somebody else has a name of the document already: nothing is made."""

    code: ClassVar[str] = "PROVINCE_CLASH"
    sentence: ClassVar[str] = "این‌ها پیش‌تر برای کس دیگری ساخته شده‌اند؛ چیزی ساخته نشد:\n{reason}"


class OnlyRealPeople(Refusal):
    """A demonstration opens no province."""

    code: ClassVar[str] = "ONLY_REAL_PEOPLE"
    sentence: ClassVar[str] = "استان در سامانهٔ اصلی گشوده می‌شود، نه در نمایش (SAKHA_IS_DEMONSTRATION)."


class NotMigrated(Refusal):
    """The database has no tables yet, or those of an older version."""

    code: ClassVar[str] = "NOT_MIGRATED"
    sentence: ClassVar[str] = "پایگاه داده هنوز آماده نیست: نخست sakha migrate."


class TrainingNotMade(Refusal):
    """The training installation's program ended early; what it has to say it said itself."""

    code: ClassVar[str] = "TRAINING_NOT_MADE"
    sentence: ClassVar[str] = (
        "استان گشوده شد، ولی نصب آموزشی ناتمام ماند (کد {exit_code})؛ دلیلش بالاتر آمده است."
        " همین فرمان را دوباره بزنید: از همان‌جا پی گرفته می‌شود."
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """What a run made, and the links of whoever has not signed in yet."""

    new_bodies: int
    new_users: int
    links: dict[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the province, its document, and where its links are written."""
    parser.add_argument("province", choices=sorted(PROVINCES), metavar="CODE", help="two-digit code of the province")
    parser.add_argument("--file", type=Path, required=True, help="its document (docs/operating.md)")
    parser.add_argument("--links", type=Path, help="file for the first links (default: links-CODE.csv); secret")
    parser.add_argument("--address", default="", help="address of the site in the links, like https://sakha.example")
    parser.add_argument("--no-training", action="store_true", help="leave the training installation out")


def run(arguments: argparse.Namespace) -> int:
    """Open it and tell what was made.

    Raises:
        Refusal: the document is wrong, or names belong to others; then nothing was made.
    """
    if settings.SAKHA.is_demonstration:
        raise OnlyRealPeople
    if not is_migrated():
        raise NotMigrated
    file = read_province_file(arguments.file.read_text(encoding="utf-8"), code=arguments.province)
    at = timezone.now()
    say_real(at)
    opened = admit(file, at=at)
    path = arguments.links or Path(f"links-{file.code}.csv")
    write_links(path, file, opened, address=arguments.address.rstrip("/"), at=at)
    is_new = open_province(actor=SYSTEM, at=at, province=file.code)
    print(  # noqa: T201 - the command's answer
        f"{PROVINCES[file.code].name}: {opened.new_bodies} new bodies, {opened.new_users} new users,"
        f" {len(opened.links)} wait for their first sign-in: {path}\n"
        f"{'opened now' if is_new else 'was opened before'}"
    )
    if file.training and not arguments.no_training:
        prepare_training(file.training)
    return 0


def say_real(at: datetime) -> None:
    """Say in the keys and in the database, once, that this house is of real people.

    Raises: SimulatedPeopleThere, HouseMixed, KeyRingInvalid, KeysNotInFile (then whoever keeps the keys adds the line).
    """
    if find_people() is None:
        require_no_simulated_people(actor=SYSTEM)
    if key_ring().people is not People.REAL:
        change_keys(find_key_file(), lambda text: say_people(text, People.REAL))
    say_house(actor=SYSTEM, at=at, people=People.REAL)


def admit(file: ProvinceFile, *, at: datetime) -> Opened:
    """Make the bodies and users that are missing, all or none. Raises: ProvinceClash."""
    with acting(SYSTEM):
        known = {card.legal_id: card for card in organisations() if card.legal_id}
        clashes = [
            f"{one.organisation.legal_id}: {known[one.organisation.legal_id].name}"
            for one in file.bodies
            if one.organisation.legal_id in known
            and (known[one.organisation.legal_id].kind, known[one.organisation.legal_id].province)
            != (one.organisation.kind, file.code)
        ]
        ids = {legal_id: card.id for legal_id, card in known.items()}
        missing = [one.organisation for one in file.bodies if one.organisation.legal_id not in known]
        if not clashes:
            made = create_organisations(actor=SYSTEM, at=at, organisations=missing)
            ids |= {one.legal_id: number for one, number in zip(missing, made, strict=True)}
        wanted = [*file.offices, *(_head(one, ids) for one in file.bodies if not clashes)]
        users = users_known(one.username for one in wanted)
        clashes += [
            one.username for one in wanted if one.username in users and _differs(users[one.username], one, file)
        ]
        if clashes:
            raise ProvinceClash(reason="\n".join(clashes))
        fresh = [one for one in wanted if one.username not in users]
        create_users(actor=SYSTEM, at=at, users=fresh)
    links = give_first_links(actor=SYSTEM, at=at, usernames=[one.username for one in wanted])
    return Opened(len(missing), len(fresh), links)


def _differs(card: UserCard, wanted: NewUser, file: ProvinceFile) -> bool:
    """Whether a name is another's. An office is of its county; whoever belongs to a body lies where that lies."""
    is_moved = wanted.organisation_id is None and card.county != wanted.county
    whose = (card.role, card.organisation_id or 0, card.province)
    return is_moved or whose != (wanted.role, wanted.organisation_id or 0, file.code)


def _head(one: Invited, ids: dict[str, int]) -> NewUser:
    return NewUser(one.username, one.role, one.organisation.name, organisation_id=ids[one.organisation.legal_id])


def write_links(path: Path, file: ProvinceFile, opened: Opened, *, address: str, at: datetime) -> None:
    """Write the invitations: who, by which name, by which link, until when. Readable by this account alone."""
    names = {one.username: one.display_name for one in file.offices}
    names |= {one.username: one.organisation.name for one in file.bodies}
    lines = io.StringIO()
    rows = csv.writer(lines)
    rows.writerow(["name", "username", "link", "until"])
    until = show_date((at + FIRST_LINK_LIVES).astimezone(TEHRAN).date())
    for username, link in opened.links.items():
        rows.writerow([names[username], username, f"{address}/password/{link}/", until])
    path.unlink(missing_ok=True)
    keep_word(path, lines.getvalue())


def prepare_training(training: Training) -> None:
    """Make the training installation: a home, a database and keys of its own, for simulated people alone.

    It is the demonstration in small, as a program of its own that knows nothing of this installation's database or
    keys. A home that is there already goes on where it ended. Raises: TrainingNotMade.
    """
    home = Path(training.home).resolve()
    home.mkdir(parents=True, exist_ok=True)
    keep_word(home / "keys.ring", say_people(generate_key_ring(), People.SIMULATED))
    words = ["--no-serve", "--training", "--needy", str(training.needy), "--population", str(training.population)]
    command = [sys.executable, "-m", "sakha.entrypoints.commands", "demo", *words]
    done = subprocess.run(command, env=training_environment(dict(os.environ), home), check=False)
    if done.returncode:
        raise TrainingNotMade(exit_code=done.returncode)


def training_environment(environment: dict[str, str], home: Path) -> dict[str, str]:
    """Return the surroundings of the training: nothing of this installation's own but the way to Python."""
    kept = {
        name: value
        for name, value in environment.items()
        if name not in _ENVIRONMENT_OF_ITS_OWN and not name.startswith("SAKHA_")
    }
    return kept | {"SAKHA_HOME": str(home), "SAKHA_IS_DEMONSTRATION": "true"}
