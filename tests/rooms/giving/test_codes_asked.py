"""Nobody has SMS sent to all the country: codes are counted by number, address, network and all together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from structlog.testing import capture_logs

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.access.rules.one_time_codes import ADDRESS_ASKS
from sakha.giving.actions.donors import ask_giver_code
from sakha.giving.rules.donors import (
    ADDRESS_ASKS_A_DAY,
    ALL_ASKS_AN_HOUR,
    HOUR,
    GiverAskedTooOften,
    site_of,
)
from tests.giving_cast import rows
from tests.ledger_cast import AT

pytestmark = pytest.mark.django_db
# Codes that others asked for before, of numbers of their own.
_OTHERS = """
    INSERT INTO giving_donor_code (mobile_index, address_digest, site_digest, code_digest, asked_at, expires_at,
                                   wrong_count)
    SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), like_this.address_digest, like_this.site_digest, '\\x00', %s, %s, 0
      FROM generate_series(1, %s) AS n, (SELECT * FROM giving_donor_code ORDER BY id LIMIT 1) AS like_this
"""


def ask(last: int, address: str) -> None:
    ask_giver_code(at=AT, mobile=f"+98999000{last:04d}", address=address)


def given_others(count: int, ago: timedelta) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OTHERS, [AT - ago, AT, count])


def test_an_address_has_as_many_a_day_and_its_networks_neighbour_no_more() -> None:
    ask(1, "2001:db8:1:1::")
    given_others(ADDRESS_ASKS_A_DAY - 2, ago=HOUR * 2)
    ask(2, "2001:db8:1:2::")
    for address in ("2001:db8:1:1::", "2001:db8:1:3::"):
        with pytest.raises(GiverAskedTooOften):
            ask(3, address)
    ask(3, "2001:db8:2:1::")
    ask(4, "192.0.2.1")
    assert rows("SELECT count(*) FROM giving_donor_code WHERE site_digest IS NULL") == [(1,)]


def test_a_network_has_as_many_in_a_quarter_of_an_hour_as_an_address() -> None:
    ask(1, "2001:db8:1:1::")
    given_others(ADDRESS_ASKS - 1, ago=timedelta(minutes=1))
    with pytest.raises(GiverAskedTooOften):
        ask(2, "2001:db8:1:2::")


def test_all_together_have_an_hours_budget_and_its_end_is_loud() -> None:
    ask(1, "192.0.2.1")
    given_others(ALL_ASKS_AN_HOUR - 2, ago=HOUR / 2)
    with capture_logs() as logs:
        ask(2, "198.51.100.1")
        with pytest.raises(GiverAskedTooOften):
            ask(3, "198.51.100.2")
    assert [(one["event"], one["log_level"]) for one in logs if one["log_level"] != "info"] == [
        ("giver_codes_spent", "warning")
    ]
    ask_giver_code(at=AT + HOUR, mobile="+989990000003", address="198.51.100.2")


@pytest.mark.parametrize(
    ("address", "site"),
    [("2001:db8:1:2::", "2001:db8:1::/48"), ("192.0.2.1", ""), ("::ffff:192.0.2.1", ""), ("", ""), ("unix", "")],
)
def test_a_site_is_an_ipv6_network(address: str, site: str) -> None:
    assert site_of(address) == site
