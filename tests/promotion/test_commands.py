"""The commands: each explains itself, and preparing a checkout twice loses nothing."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command

from parks.models import Park

COMMANDS = sorted(
    path.stem
    for path in Path(settings.BASE_DIR, "promotion", "management", "commands").glob("[a-z]*.py")
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_itself_in_chinese(command, capsys):
    with pytest.raises(SystemExit) as caught:
        call_command(command, "--help")
    assert caught.value.code == 0
    assert "。" in capsys.readouterr().out


@pytest.mark.django_db
def test_preparing_twice_makes_one_administrator_and_keeps_edits(capsys, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("prepare", port=8765)
    first = capsys.readouterr().out
    park = Park.objects.get(slug="weilaidao-park")
    park.summary = "工作人员改过的简介"
    park.save()
    call_command("prepare", port=8765)
    second = capsys.readouterr().out
    password = first.split("密码 ")[1].split()[0]
    assert "http://127.0.0.1:8765/admin/" in first
    assert User.objects.get().check_password(password)
    assert password not in second
    assert "changepassword" in second
    assert Park.objects.get(slug="weilaidao-park").summary == "工作人员改过的简介"
