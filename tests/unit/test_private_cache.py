"""The private cache: what is kept comes back, and nothing else is believed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from xlperf import cache
from xlperf.cache import Cache

CONTENT = {"字": [1, 2.5, None, True, ["x"]]}


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Cache, Path]:
    found = Cache(tmp_path / "a" / "b")
    found.save("kind", "key", CONTENT)
    path = found.path("kind", "key")
    assert path is not None
    return found, path


def test_kept_and_private(kept: tuple[Cache, Path]) -> None:
    found, path = kept
    assert found.load("kind", "key") == CONTENT
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    assert found.load("kind", "other") is None
    assert found.load("other", "key") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 5000, b"\xff\xfe", b"null", b'{"a": 1}', b"xlperf-cache\n{}"])
def test_foreign_content_is_not_there(kept: tuple[Cache, Path], content: bytes) -> None:
    found, path = kept
    path.write_bytes(content)
    assert found.load("kind", "key") is None
    found.save("kind", "key", CONTENT)
    assert found.load("kind", "key") == CONTENT


def test_every_changed_byte_is_noticed(kept: tuple[Cache, Path]) -> None:
    found, path = kept
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert found.load("kind", "key") is None, place


def test_an_entry_under_another_name_is_not_there(kept: tuple[Cache, Path]) -> None:
    found, path = kept
    other = found.path("kind", "other")
    assert other is not None
    path.rename(other)
    assert found.load("kind", "other") is None


def test_other_code_does_not_read_it(kept: tuple[Cache, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    found, path = kept
    monkeypatch.setattr(cache, "fingerprint", lambda: "0" * 16)
    assert found.load("kind", "key") is None
    other = found.path("kind", "key")
    assert other is not None
    path.rename(other)
    assert found.load("kind", "key") is None


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_not_read_where_others_may_write(kept: tuple[Cache, Path], what: str, tmp_path: Path) -> None:
    found, path = kept
    if what == "link":
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
    else:
        (path.parent if what == "folder" else path).chmod(0o777)
    assert found.load("kind", "key") is None


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    for found in (Cache(blocker / "x"), Cache("")):
        found.save("kind", "key", CONTENT)
        assert found.load("kind", "key") is None


def test_only_the_newest_entries_stay(tmp_path: Path) -> None:
    found = Cache(tmp_path / "c")
    for number in range(80):
        found.save("kind", str(number), number)
        path = found.path("kind", str(number))
        assert path is not None
        os.utime(path, (number, number))
    found.save("kind", "last", 1)
    assert found.load("kind", "last") == 1
    assert found.load("kind", "79") == 79
    assert found.load("kind", "5") is None
    assert len(list((tmp_path / "c").iterdir())) <= 65


@pytest.mark.parametrize("caches", [None, "", " ", "/tmp/别处", "tmp"])
def test_the_folder_is_the_one_that_the_platform_names(caches: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    from platformdirs import user_cache_dir

    monkeypatch.delenv("XLPERF_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if caches is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", caches)
    assert Cache().folder == Path(user_cache_dir("xlperf"))
