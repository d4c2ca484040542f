"""`sakha create-account`: the first account of an installation, from which the others are made."""

from __future__ import annotations

import argparse
import getpass
import sys

from django.utils import timezone

from sakha.access.actions import acting, create_user
from sakha.access.rules import ROLES_OF_USERS, SYSTEM, NewUser, Role


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take who it is; the password is asked for, or read from standard input where there is no terminal."""
    parser.add_argument("username")
    parser.add_argument("--name", required=True, help="name shown on the pages")
    parser.add_argument("--role", choices=[role.value for role in ROLES_OF_USERS], default=Role.OPERATOR.value)
    parser.add_argument("--organisation", type=int, default=None, help="id of the organisation, for its staff")
    parser.add_argument("--province", default="", help="two-digit code, for officers")
    parser.add_argument("--county", default="", help="four-digit code, for county officers")


def run(arguments: argparse.Namespace) -> int:
    """Make the account.

    Raises:
        Refusal: the name is taken, the password is weak, or role, organisation and area don't go together.
    """
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    user = NewUser(
        username=arguments.username,
        role=Role(arguments.role),
        display_name=arguments.name,
        password=password,
        organisation_id=arguments.organisation,
        province=arguments.province,
        county=arguments.county,
    )
    with acting(SYSTEM):
        create_user(actor=SYSTEM, at=timezone.now(), user=user)
    return 0
