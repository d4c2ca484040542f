"""Programs of organisations: admitted by an office, known by keys of which only a digest is kept, stopped at once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from sakha.access.actions import (
    TooManyKeys,
    acting,
    issue_client,
    issue_client_key,
    record_access,
    resume_client,
    revoke_client_key,
    suspend_client,
    suspend_organisation,
)
from sakha.access.queries import (
    ClientUnknown,
    clients_of,
    find_client_by_key,
    find_client_by_token,
    get_client,
    make_client_token,
)
from sakha.access.rules import (
    SYSTEM,
    AccessAction,
    Client,
    ClientInvalid,
    ClientPurpose,
    ClientScope,
    NewClient,
    Permission,
    PermissionMissing,
    SandboxMixed,
)
from tests.rooms.access.given import AT, Cast


def admitted(cast: Cast, **facts: object) -> tuple[int, str]:
    """A client of Mehr and the letters of its key."""
    new = NewClient(organisation_id=cast.mehr_id, name="برنامهٔ مهر", **facts)
    client_id = issue_client(actor=cast.province_officer, at=AT, client=new)
    return client_id, issue_client_key(actor=cast.mehr_head, at=AT, client_id=client_id).secret


def known(secret: str, *, days: int = 0) -> Client:
    found = find_client_by_key(secret, at=AT + timedelta(days=days))
    assert found is not None
    return found


def test_a_key_opens_what_its_scopes_allow_and_nothing_else(cast: Cast) -> None:
    client_id, secret = admitted(cast)
    client = known(secret)

    assert (client.id, client.actor.organisation_id, client.actor.user_id) == (client_id, cast.mehr_id, None)
    assert client.actor.can(Permission.CHECK_AID)
    may = {one for one in Permission if client.actor.can(one)}
    assert may == {Permission.CHECK_AID}
    assert find_client_by_key(f"{secret}x", at=AT) is None
    with acting(client.actor):
        record_access(actor=client.actor, at=AT, action=AccessAction.CHECK, household_id=5, purpose="برنامه")


def test_the_letters_of_a_key_are_kept_nowhere(cast: Cast) -> None:
    client_id, secret = admitted(cast)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT key::text || client::text FROM access_client_key key, access_client client")
        kept = "".join(row[0] for row in cursor.fetchall())
    card = get_client(actor=cast.mehr_head, client_id=client_id)

    assert secret not in kept
    assert secret.startswith(card.keys[0].prefix)
    assert secret.rpartition(card.keys[0].prefix)[2] not in repr(card)


def test_keys_follow_each_other_and_a_revoked_one_ends_its_tokens_too(cast: Cast) -> None:
    client_id, first = admitted(cast)
    token = make_client_token(known(first), at=AT, scopes=frozenset(ClientScope))
    second = issue_client_key(actor=cast.mehr_head, at=AT, client_id=client_id)
    assert find_client_by_token(token, at=AT) is not None
    assert find_client_by_token(token, at=AT + timedelta(minutes=15)) is None
    assert find_client_by_token(f"{token[:-4]}AAAA", at=AT) is None
    assert find_client_by_token("not.a.token", at=AT) is None

    revoke_client_key(actor=cast.mehr_head, at=AT, key_id=known(first).key_id)

    assert find_client_by_key(first, at=AT) is None
    assert find_client_by_token(token, at=AT) is None
    assert known(second.secret).id == client_id
    assert find_client_by_key(second.secret, at=second.expires_at) is None
    for _ in range(3):
        issue_client_key(actor=cast.mehr_head, at=AT, client_id=client_id)
    with pytest.raises(TooManyKeys):
        issue_client_key(actor=cast.mehr_head, at=AT, client_id=client_id)


def test_a_token_carries_fewer_scopes_and_never_more(cast: Cast) -> None:
    _, secret = admitted(cast, scopes=(ClientScope.AID_CHECK, ClientScope.HOUSEHOLD_READ))
    token = make_client_token(
        known(secret), at=AT, scopes=frozenset({ClientScope.HOUSEHOLD_READ, ClientScope.AID_HOLD})
    )
    found = find_client_by_token(token, at=AT)

    assert found is not None
    assert found.scopes == {ClientScope.HOUSEHOLD_READ}
    assert not found.actor.can(Permission.CHECK_AID)


def test_a_suspended_client_is_told_so_and_one_of_a_suspended_body_may_only_look(cast: Cast) -> None:
    client_id, secret = admitted(cast, scopes=(ClientScope.AID_HOLD,))
    suspend_client(actor=cast.province_officer, at=AT, client_id=client_id)
    assert not known(secret).is_active
    resume_client(actor=cast.province_officer, at=AT, client_id=client_id)
    assert known(secret).is_active
    with acting(cast.province_officer):
        suspend_organisation(actor=cast.province_officer, at=AT, organisation_id=cast.mehr_id)
    assert not known(secret).actor.can(Permission.HOLD_AID)
    assert known(secret).actor.can(Permission.CHECK_AID)


def test_who_may_admit_and_who_may_keep_keys(cast: Cast) -> None:
    client_id, secret = admitted(cast)
    new = NewClient(organisation_id=cast.mehr_id, name="دیگر")
    for actor in (cast.mehr_head, cast.karaj_officer, known(secret).actor):
        with pytest.raises(PermissionMissing):
            issue_client(actor=actor, at=AT, client=new)
        with pytest.raises(PermissionMissing):
            suspend_client(actor=actor, at=AT, client_id=client_id)
    for actor in (cast.mehr_staff, known(secret).actor):
        with pytest.raises(PermissionMissing):
            issue_client_key(actor=actor, at=AT, client_id=client_id)
    for actor in (cast.noor_head, cast.agency_staff, cast.other_province_officer):
        assert clients_of(actor=actor) == ()
        with pytest.raises(ClientUnknown):
            issue_client_key(actor=actor, at=AT, client_id=client_id)
        with pytest.raises(ClientUnknown):
            revoke_client_key(actor=actor, at=AT, key_id=known(secret).key_id)
    with pytest.raises(DatabaseError, match="row-level security"):
        issue_client(actor=cast.other_province_officer, at=AT, client=new)
    assert [card.id for card in clients_of(actor=cast.mehr_head)] == [client_id]


def test_a_sandbox_and_a_live_client_never_share_a_body_nor_people(cast: Cast) -> None:
    _, secret = admitted(cast)
    with pytest.raises(SandboxMixed):
        admitted(cast, is_sandbox=True)
    with pytest.raises(SandboxMixed):
        known(secret).require_person("9991234567", is_demonstration=False)
    known(secret).require_person("9991234567", is_demonstration=True)
    known(secret).require_person("0012345679", is_demonstration=False)


@pytest.mark.parametrize(
    "facts",
    [
        {"scopes": ()},
        {"purposes": ()},
        {"purposes": (ClientPurpose.SERVICE,), "scopes": (ClientScope.AID_HOLD,)},
        {"minute_limit": 10, "day_limit": 5},
        {"certificate_fingerprint": "ab"},
    ],
)
def test_what_does_not_go_together_is_refused(cast: Cast, facts: dict[str, object]) -> None:
    with pytest.raises(ClientInvalid):
        admitted(cast, **facts)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_client SET organisation_id = 1",
        "UPDATE access_client SET is_sandbox = NOT is_sandbox",
        "UPDATE access_client SET scopes = '{aid.hold}'",
        "UPDATE access_client_key SET expires_at = expires_at + interval '9 years'",
        "UPDATE access_client_key SET client_id = 1",
        "DELETE FROM access_client_key",
        "DELETE FROM access_client",
    ],
)
def test_what_the_application_may_never_do_with_a_client(cast: Cast, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), acting(SYSTEM):
        connection.cursor().execute(statement)
