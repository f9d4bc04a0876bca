"""`.env`: a setting is put in, everything else stays, and nobody else may read it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from bot import envfile
from summarizer.errors import BadInput, NotConfigured

if TYPE_CHECKING:
    from pathlib import Path

names = st.sampled_from(["A", "GITHUB_TOKEN", "SLACK_BOT_TOKEN", "DIGEST_TZ"])
values = st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]), min_size=1).filter(
    lambda value: "${" not in value
)
plain = st.text(
    st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="'\"`$\\#="), max_size=20
)
kept = st.one_of(
    plain.map(lambda text: f"# {text}\n"),
    st.just("\n"),
    st.builds("OTHER_{}={}\n".format, st.integers(0, 9), plain.map(str.strip)),
    st.builds("export KEPT_{}='{}' # why\n".format, st.integers(0, 9), plain),
    st.just('PEM="-----BEGIN\nabc\n-----END"\n'),
)


@given(st.lists(kept), st.dictionaries(names, values, min_size=1))
def test_what_was_written_reads_back_and_every_other_line_stays(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], settings: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text("".join(lines), "utf-8", newline="")
    before = dotenv_values(path)

    envfile.write(path, settings)

    assert dotenv_values(path) == {**before, **settings}
    assert path.read_text("utf-8").startswith("".join(lines))


def test_a_setting_keeps_its_place_its_export_and_the_comment_behind_it(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# one\n\nexport A=old # why\nB='x y' # because\nC=\"1\n2\"\nD=#1\n", "utf-8")

    envfile.write(path, {"A": "new", "B": "z", "C": "3 4", "D": "it's"})

    assert path.read_text("utf-8") == "# one\n\nexport A=new # why\nB=z # because\nC='3 4'\nD='it\\'s'\n"


def test_the_last_of_two_settings_is_the_one_that_counts(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\nB=2\nA=3\n", "utf-8")

    envfile.write(path, {"A": "4"})

    assert path.read_text("utf-8") == "A=1\nB=2\nA=4\n"
    assert envfile.read(path)["A"] == "4"


def test_windows_line_ends_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes("\ufeffA=1\r\nB=2".encode())

    envfile.write(path, {"A": "3", "C": "4"})

    assert path.read_bytes() == "\ufeffA=3\r\nB=2\r\nC=4\r\n".encode()


def test_only_the_owner_can_read_the_file_whatever_it_was_before(tmp_path: Path) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_text("A=1\n", "utf-8")
    old.chmod(0o644)

    for path in (new, old):
        envfile.write(path, {"A": "2"})

        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("A=1\n", "utf-8")
    link = tmp_path / ".env"
    link.symlink_to("real")

    envfile.write(link, {"B": "2"})

    assert link.is_symlink()
    assert (tmp_path / "real").read_text("utf-8") == "A=1\nB=2\n"


def test_nothing_is_left_behind_where_the_file_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / ".env"
    folder.mkdir()

    with pytest.raises(BadInput) as caught:
        envfile.write(folder, {"A": "1"})

    assert caught.value.key == "output.unwritable"
    assert list(tmp_path.iterdir()) == [folder]


def test_what_is_no_text_is_neither_read_nor_overwritten(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(NotConfigured):
        envfile.read(path)
    with pytest.raises(NotConfigured):
        envfile.write(path, {"A": "1"})
    assert path.read_bytes() == b"\xff\xfe"


def test_a_value_that_would_be_filled_in_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        envfile.write(tmp_path / ".env", {"A": "${HOME}"})

    assert not (tmp_path / ".env").exists()


def test_empty_settings_count_as_missing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=\nB\nC=1\n", "utf-8")

    assert envfile.read(tmp_path / ".env") == {"C": "1"}
    assert envfile.read(tmp_path / "none") == {}
