"""The file of settings: read whole, or the start stops without a word of what is in it."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from promotion.environment import read_file

SECRET = "s3cr3t"


@pytest.fixture
def read(tmp_path):
    """Return what a file of settings adds to an environment of its own."""

    def read_bytes(content):
        path = tmp_path / ".env"
        path.write_bytes(content)
        before = set(os.environ)
        read_file(path)
        return {name: os.environ[name] for name in set(os.environ) - before}

    kept = dict(os.environ)
    yield read_bytes
    os.environ.clear()
    os.environ.update(kept)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xef\xbb\xbfQ_URL=postgres://a:b@c/d\r\nQ_HOSTS=a,b\r\n", "postgres://a:b@c/d a,b"),
        (b"Q_HOSTS = a,b\n\tQ_URL\t=\tx  \n", "x a,b"),
        (b'export Q_HOSTS=\'a b\'\n  # a comment\n \t\n#Q=1\nQ_URL="x=\\"y\\"#z"', 'x="y"#z a b'),
        ("Q_URL=甲=乙\nQ_HOSTS=\n".encode(), "甲=乙 "),
    ],
)
def test_a_file_is_read_as_editors_and_shells_write_it(read, content, found):
    values = read(content)
    assert f"{values.pop('Q_URL')} {values.pop('Q_HOSTS')}" == found
    assert values == {}


def test_the_environment_goes_before_the_file(read, monkeypatch):
    monkeypatch.setenv("Q_URL", "given")
    assert read(b"Q_URL=other") == {}
    assert os.environ["Q_URL"] == "given"


@pytest.mark.parametrize(
    "line",
    [
        f"DATABASE_URL {SECRET}",
        f"set DATABASE_URL={SECRET}",
        f"DATABASE-URL={SECRET}",
        f"={SECRET}",
        f"KEY={SECRET}\0",
        SECRET,
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_not_shown(read, line, caplog, capfd):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(f"# one\nQ_URL=x\n{line}\n".encode())
    assert str(refusal.value).endswith(".env, line 3 must be of the form NAME=value.")
    assert SECRET not in "".join([str(refusal.value), caplog.text, *capfd.readouterr()])
    assert "Q_URL" not in os.environ


def test_text_in_another_encoding_stops_the_start(read):
    with pytest.raises(ImproperlyConfigured, match=r"\.env must be text in UTF-8"):
        read(f"KEY={SECRET}".encode("utf-16"))


def test_only_a_file_that_is_not_there_is_passed_over(tmp_path):
    path = tmp_path / ".env"
    read_file(path)
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(ImproperlyConfigured, match=r"\.env cannot be read: No such file"):
        read_file(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ImproperlyConfigured, match=r"\.env cannot be read: Is a directory"):
        read_file(path)


def test_a_file_that_may_not_be_read_stops_the_start(tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / ".env"
    path.touch()
    monkeypatch.setattr(type(path), "read_text", refuse)
    with pytest.raises(ImproperlyConfigured, match=r"\.env cannot be read: Permission denied"):
        read_file(path)
