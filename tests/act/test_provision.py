import os
import stat
import threading

import pytest

from codesentinel.act.provision import read_text, remove, write_text
from codesentinel.model.errors import Failed


def _mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def _identity(path):
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def test_a_file_is_written_with_its_folders_and_its_mode_whatever_the_umask(tmp_path):
    path = tmp_path / "a" / "b" / "rules.yml"
    before = os.umask(0o077)
    try:
        assert write_text(path, "groups: []\n") is True
    finally:
        os.umask(before)
    assert path.read_bytes() == b"groups: []\n"
    assert _mode(path) == 0o644
    assert [found.name for found in path.parent.iterdir()] == ["rules.yml"]


def test_an_unchanged_file_is_not_touched(tmp_path):
    path = tmp_path / "rules.yml"
    write_text(path, "a: ü\n")
    path.chmod(0o664)
    before = _identity(path)
    assert write_text(path, "a: ü\n") is False
    assert _identity(path) == before
    assert _mode(path) == 0o664


def test_a_changed_file_is_replaced(tmp_path):
    path = tmp_path / "rules.yml"
    write_text(path, "old")
    assert write_text(path, "new") is True
    assert read_text(path) == "new"


def test_what_is_no_text_is_replaced(tmp_path):
    path = tmp_path / "rules.yml"
    path.write_bytes(b"\xff\xfe")
    assert read_text(path) is None
    assert write_text(path, "new") is True


def test_a_secret_is_its_owners_alone_and_one_that_was_open_is_closed(tmp_path):
    path = tmp_path / "key"
    assert write_text(path, "s3cret", mode=0o600) is True
    assert _mode(path) == 0o600
    path.chmod(0o644)
    assert write_text(path, "s3cret", mode=0o600) is True
    assert _mode(path) == 0o600
    assert write_text(path, "s3cret", mode=0o600) is False


def test_a_reader_sees_the_old_text_or_the_new_one_and_never_a_part(tmp_path):
    path = tmp_path / "rules.yml"
    texts = ["a" * 200_000, "b" * 100_000]
    write_text(path, texts[0])
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        write_text(path, texts[number % 2])
    done.set()
    reader.join()
    assert seen <= set(texts)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "rules.yml"
    write_text(path, "old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failed) as caught:
        write_text(path, "new")
    assert caught.value.message == f"could not write {path}: No space left on device"
    assert caught.value.hint == "check the owner and mode of its folder, and the space that is left"
    assert [found.name for found in tmp_path.iterdir()] == ["rules.yml"]
    assert path.read_text() == "old"


def test_a_file_in_the_way_of_a_folder_is_one_clear_message(tmp_path):
    (tmp_path / "rules").write_text("I am a file")
    with pytest.raises(Failed) as caught:
        write_text(tmp_path / "rules" / "a.yml", "a")
    assert caught.value.message == f"could not read {tmp_path / 'rules' / 'a.yml'}: Not a directory"


def test_a_folder_in_the_way_of_a_file_is_one_clear_message(tmp_path):
    (tmp_path / "a.yml").mkdir()
    with pytest.raises(Failed, match=r"could not read .*: Is a directory"):
        write_text(tmp_path / "a.yml", "a")


def test_removing_what_is_not_there_is_one_clear_message(tmp_path):
    with pytest.raises(Failed, match=r"could not remove .*: No such file or directory"):
        remove(tmp_path / "a.yml")
