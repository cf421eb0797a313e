import secrets

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from promotion.turns import turn


class Command(BaseCommand):
    """Bring a checkout to where it can serve: database, fixtures, static files, first account."""

    help = _("准备好运行网站所需的一切：数据库、初始资料、静态文件和第一个管理员账号。")

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, port, **options):
        with turn("prepare"):
            self.prepare(port)

    def prepare(self, port):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_site", stdout=self.stdout)
        call_command("collectstatic", verbosity=0, interactive=False)
        site = f"http://127.0.0.1:{port}/"
        self.stdout.write(_("网站 %(address)s") % {"address": site})
        self.stdout.write(_("管理后台 %(address)s") % {"address": f"{site}admin/"})
        user_model = get_user_model()
        if user_model.objects.filter(is_superuser=True).exists():
            self.stdout.write(
                _("忘记管理员密码时运行：%(command)s")
                % {"command": ".venv/bin/python manage.py changepassword admin"}
            )
            return
        password = secrets.token_urlsafe(12)
        user_model.objects.create_superuser("admin", password=password)
        self.stdout.write(
            _("管理员账号 admin，密码 %(password)s （只显示这一次，请记下）")
            % {"password": password}
        )
