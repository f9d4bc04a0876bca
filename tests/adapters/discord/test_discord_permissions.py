"""Permissions: what the bot asks for, what it was granted, and what a person is told of the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from discord import Permissions
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.permissions import (
    NEEDED,
    ORDER,
    Names,
    granted,
    invite_url,
    missing,
    names,
    user_install_url,
)
from summarizer import languages
from tests.servers.discord.permissions import in_channel
from tests.servers.discord.records import Channel, Guild, Overwrite, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
ME, OTHER, OWNER, SERVER, ROLE = 11, 12, 13, 21, 22
EVERYONE = Permissions(view_channel=True, send_messages=True, embed_links=True, attach_files=True).value


def granted_in(
    *overwrites: dict[str, Any], everyone: int = EVERYONE, role: int = 0, **member: object
) -> Permissions:
    guild = {
        "id": str(SERVER),
        "owner_id": str(OWNER),
        "roles": [
            {"id": str(SERVER), "permissions": str(everyone)},
            {"id": str(ROLE), "permissions": str(role)},
            {"id": "99", "permissions": str(Permissions.all().value)},
        ],
    }
    channel = {"id": "1", "permission_overwrites": list(overwrites)}
    return granted(channel, guild, {"user": {"id": str(ME)}, "roles": [str(ROLE)]} | member, now=NOW)


def overwrite(id_: int, *, allow: int = 0, deny: int = 0) -> dict[str, Any]:
    return {"id": str(id_), "type": int(id_ == ME), "allow": str(allow), "deny": str(deny)}


def test_the_links_ask_for_what_is_needed_and_no_more() -> None:
    asked = parse_qs(urlsplit(invite_url(7)).query)
    alone = parse_qs(urlsplit(user_install_url(7)).query)

    assert asked == {
        "client_id": ["7"],
        "scope": ["bot applications.commands"],
        "permissions": [str(NEEDED.value)],
        "integration_type": ["0"],
    }
    assert alone == {"client_id": ["7"], "scope": ["applications.commands"], "integration_type": ["1"]}


def test_no_power_over_others_is_needed() -> None:
    powers = Permissions.elevated() | Permissions(
        mention_everyone=True, manage_threads=True, manage_messages=True
    )

    assert not NEEDED.value & powers.value


def test_every_needed_permission_has_a_name_in_every_language() -> None:
    named = Permissions(**dict.fromkeys(ORDER, True))

    assert named == NEEDED
    for code in languages.codes():
        told = names(NEEDED, languages.load(code))
        assert len(set(told)) == len(ORDER)
        assert all(told)


def test_names_are_told_in_the_language_that_a_template_asks_for() -> None:
    lacked = Names(Permissions(embed_links=True, view_channel=True))

    assert str(lacked) == f"{lacked}" == "View Channels, Embed Links"
    assert f"{lacked:zh}" == "查看频道、嵌入链接"


@pytest.mark.parametrize("code", languages.codes())
def test_a_refusal_names_what_is_missing_in_the_readers_language(code: str) -> None:
    language = languages.load(code)
    lacked = Permissions(send_messages=True)

    told = language.text("errors.discord.no_permission", place="#general", permissions=Names(lacked))

    assert names(lacked, language)[0] in told
    assert "#general" in told


def test_a_member_has_what_its_roles_grant() -> None:
    attach = Permissions(create_public_threads=True).value

    assert granted_in(role=attach).value == EVERYONE | attach


def test_a_denial_of_everyone_gives_way_to_a_role_and_that_to_the_member() -> None:
    send = Permissions(send_messages=True).value

    assert not granted_in(overwrite(SERVER, deny=send)).send_messages
    assert granted_in(overwrite(SERVER, deny=send), overwrite(ROLE, allow=send)).send_messages
    assert not granted_in(overwrite(ROLE, allow=send), overwrite(ME, deny=send)).send_messages
    assert granted_in(overwrite(OTHER, deny=send)).send_messages


def test_only_what_has_to_be_granted_is_missing_where_others_depend_on_it() -> None:
    may = granted_in(overwrite(SERVER, deny=Permissions(view_channel=True).value))

    assert missing(Permissions(EVERYONE), may) == Permissions(view_channel=True)


def test_owners_and_administrators_may_do_all_in_spite_of_what_is_denied() -> None:
    nothing = overwrite(ME, deny=Permissions.all().value)

    assert granted_in(nothing, role=Permissions(administrator=True).value) == Permissions.all()
    assert granted_in(nothing, user={"id": str(OWNER)}) == Permissions.all()


def test_a_member_in_timeout_only_reads() -> None:
    history = Permissions(view_channel=True, read_message_history=True)
    everyone = EVERYONE | history.value

    def until(moment: datetime) -> Permissions:
        return granted_in(everyone=everyone, communication_disabled_until=moment.isoformat())

    assert until(NOW + timedelta(minutes=1)) == history
    assert until(NOW - timedelta(minutes=1)).value == everyone


def test_what_is_missing_is_what_was_not_granted() -> None:
    lacked = missing(NEEDED, Permissions(NEEDED.value & ~Permissions(embed_links=True).value))

    assert lacked == Permissions(embed_links=True)


_BITS = [Permissions(**{name: True}).value for name in ORDER]
_some = st.sets(st.sampled_from(_BITS)).map(sum)
_of_a_member = _some.map(lambda value: value | Permissions(connect=True).value)


@given(
    _of_a_member, st.lists(st.tuples(st.sampled_from((SERVER, ROLE, ME, OTHER)), _some, _some), max_size=4)
)
def test_any_overwrites_are_counted_as_discord_counts_them(
    everyone: int, overwrites: Iterable[tuple[int, int, int]]
) -> None:
    written = {
        id_: Overwrite(id_, int(id_ in (ME, OTHER)), allow & ~deny, deny) for id_, allow, deny in overwrites
    }
    guild = Guild(SERVER, "tests", OWNER, members={ME: {ROLE}})
    guild.roles = {SERVER: Role(SERVER, "@everyone", everyone, 0), ROLE: Role(ROLE, "bot")}

    mine = granted_in(
        *(overwrite(each.id, allow=each.allow, deny=each.deny) for each in written.values()),
        everyone=everyone,
    )

    theirs = in_channel(guild, Channel(1, guild=SERVER, overwrites=written), ME)
    assert theirs == (mine.value if mine.view_channel else 0)
