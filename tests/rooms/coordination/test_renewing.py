"""New keys for everything that this room has sealed and indexed."""

from pathlib import Path

import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import (
    IndexKind,
    KeyRing,
    add_keys,
    blind_index,
    open_sealed,
    parse_key_ring,
    seal,
    sealed_key_id,
)
from sakha.coordination.actions import (
    load_coverage_list,
    receive_inbound,
    record_charity_coverage,
    reseal_batch,
    send_invitations,
)
from sakha.coordination.gateways.outbox import OutboxGateway
from tests.coordination_cast import NOON, Family, a_list, a_mobile, given_agency, invite, rows, search, write_extract
from tests.ledger_cast import a_national_id, given_charity, given_household

pytestmark = pytest.mark.django_db


def renew_register(ring: KeyRing) -> None:
    """What the registry's own renewal does, before it is this room's turn."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id, id_sealed FROM registry_person")
        for person_id, sealed in cursor.fetchall():
            text = open_sealed(ring, bytes(sealed))
            cursor.execute(
                "UPDATE registry_person SET id_index = %s, id_sealed = %s WHERE id = %s",
                [blind_index(ring, IndexKind.NATIONAL_ID, text), seal(ring, text), person_id],
            )


def test_everything_is_sealed_and_indexed_with_the_new_keys(tmp_path: Path, settings) -> None:
    agency, household = given_agency(), given_household(given_charity("مهر"))
    load_coverage_list(
        actor=agency,
        at=NOON,
        organisation_id=agency.organisation_id,
        path_or_bytes=a_list(a_national_id(), household.national_id),
        observed_on=NOON.date(),
    )
    record_charity_coverage(actor=SYSTEM, at=NOON)
    search(write_extract(tmp_path / "w.parquet", [Family(), Family(mobile=None)]))
    invite()
    send_invitations(actor=SYSTEM, clock=lambda: NOON, limit=10, gateway=OutboxGateway())
    receive_inbound(actor=SYSTEM, at=NOON, mobile=a_mobile(), text="لغو")
    ring = parse_key_ring(add_keys(settings.SAKHA.keys_text()))
    renew_register(ring)

    counts = []
    while count := reseal_batch(actor=SYSTEM, ring=ring, limit=2):
        counts.append(count)

    # Of the register 1, listed 2, candidates' ids 2, mobiles 1 + 1 + 1, the message's number and text.
    assert sum(counts) == 10
    _prove_subjects(ring)
    _prove_mobiles(ring)
    for number, text in rows("SELECT number_sealed, text_sealed FROM coordination_message"):
        assert sealed_key_id(bytes(number)) == sealed_key_id(bytes(text)) == ring.seal_key_id


def _prove_subjects(ring: KeyRing) -> None:
    for table in ("coordination_coverage", "coordination_candidate"):
        for index, sealed in rows(
            f"SELECT subject_index, subject_sealed FROM {table} WHERE subject_sealed IS NOT NULL"
        ):
            assert sealed_key_id(bytes(sealed)) == ring.seal_key_id
            assert blind_index(ring, IndexKind.NATIONAL_ID, open_sealed(ring, bytes(sealed))) == bytes(index)
    followers = rows(
        "SELECT count(*) FROM coordination_coverage AS kept JOIN registry_person AS person"
        " ON person.id = kept.person_id WHERE person.id_index = kept.subject_index"
    )
    assert followers == [(2,)]


def _prove_mobiles(ring: KeyRing) -> None:
    for table in ("coordination_candidate", "coordination_invitation", "coordination_opt_out"):
        found = rows(f"SELECT mobile_index, mobile_sealed FROM {table} WHERE mobile_sealed IS NOT NULL")
        assert found
        for index, sealed in found:
            assert blind_index(ring, IndexKind.MOBILE, open_sealed(ring, bytes(sealed))) == bytes(index)
