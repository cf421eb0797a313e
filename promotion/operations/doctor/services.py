"""What the site stands on: folders, disk, static files, cache, mail, backups, database."""

import datetime
import filecmp
import os
import shutil
import socket
import tempfile
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from promotion.operations.backups.taking import ENCRYPTED_SUFFIX, backups_in
from promotion.operations.doctor.findings import Finding
from promotion.operations.health import (
    MEGABYTE,
    check_cache,
    check_database,
    impatient,
)
from promotion.services import unapplied_migrations

BACKUP_DAYS = 2
MAIL_SECONDS = 3
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
LOCAL_CACHES = {
    "django.core.cache.backends.locmem.LocMemCache",
    "django.core.cache.backends.dummy.DummyCache",
}
MIGRATE = ".venv/bin/python manage.py migrate"
COLLECT = ".venv/bin/python manage.py collectstatic --noinput"
BACK_UP = ".venv/bin/python manage.py back_up"


def check_user():
    """Find out whether whoever asks is who the site runs as: what root may says nothing."""
    owner = settings.VAR_DIR.stat().st_uid
    if os.geteuid() != owner:
        return Finding.warning(
            _("VAR_DIR 属于另一个用户（%(owner)s），下面关于文件的结果不一定对。")
            % {"owner": owner},
            _("用运行网站的用户来运行这条命令，例如 sudo -u beltline。"),
        )
    return Finding.ok(_("VAR_DIR 属于运行这条命令的用户。"))


def check_folders():
    folders = [settings.VAR_DIR, Path(settings.MEDIA_ROOT), settings.PENDING_IMPORT_ROOT]
    refusing = [folder for folder in folders if folder.exists() and not is_writable(folder)]
    if refusing:
        names = " ".join(map(str, refusing))
        return Finding.mend(
            _("不能写入 %(names)s。") % {"names": names},
            _("把这些目录交给运行网站的用户：chown -R beltline %(names)s") % {"names": names},
        )
    return Finding.ok(_("%(folder)s 可以写入。") % {"folder": settings.VAR_DIR})


def is_writable(folder):
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"ok")
    except OSError:
        return False
    return True


def check_free_disk():
    free = shutil.disk_usage(settings.VAR_DIR).free
    text = _("还有 %(size)s 空间。") % {"size": filesizeformat(free)}
    if free < settings.MIN_FREE_DISK_MB * MEGABYTE:
        return Finding.mend(
            text, _("腾出空间，或换更大的磁盘；少于 MIN_FREE_DISK_MB 时网站算作没有准备好。")
        )
    return Finding.ok(text)


def check_static_files():
    """Find out whether what is served is what the code brings."""
    stale = [
        name
        for finder in get_finders()
        for name, storage in finder.list([])
        if not is_collected(name, storage.path(name))
    ]
    if stale:
        return Finding.mend(
            _("有 %(count)s 个静态文件没有收集，或者还是旧的，例如 %(name)s。")
            % {"count": len(stale), "name": stale[0]},
            COLLECT,
        )
    return Finding.ok(_("静态文件已经收集，和代码里的一样。"))


def is_collected(name, source):
    try:
        staticfiles_storage.url(name)
        return filecmp.cmp(source, settings.STATIC_ROOT / name, shallow=False)
    except (OSError, ValueError):
        return False


def check_shared_cache():
    backend = settings.CACHES["default"]["BACKEND"]
    if backend in LOCAL_CACHES and os.environ.get("WEB_CONCURRENCY") != "1":
        return Finding.warning(
            _("缓存在各个进程自己的内存里：对次数的限制每个进程各算各的。"),
            _(
                "把 CACHE_URL 设为 Redis，例如 rediscache://127.0.0.1:6379/1；"
                "或者设置 WEB_CONCURRENCY=1。"
            ),
        )
    try:
        check_cache()
    except Exception:
        # Each cache has errors of its own.
        return Finding.mend(_("缓存没有回应。"), _("启动 Redis，核对 CACHE_URL。"))
    return Finding.ok(_("缓存有回应。"))


def check_media():
    """Find out whether a file can be kept in the bucket, listed, read again and removed."""
    if not settings.MEDIA_BUCKET:
        return Finding.ok(_("图片存放在本机。"))
    bucket = settings.MEDIA_BUCKET["bucket_name"]
    name = f"doctor-{uuid.uuid4().hex}.txt"
    try:
        default_storage.save(name, ContentFile(b"ok"))
        with default_storage.open(name) as file:
            is_kept = file.read() == b"ok" and name in default_storage.listdir("")[1]
        default_storage.delete(name)
    except OSError as error:
        return Finding.mend(
            _("图片存储桶 %(bucket)s 不能用：%(reason)s")
            % {"bucket": bucket, "reason": error.strerror or error},
            _("核对 MEDIA_STORE_URL 的地址、密钥和桶名，以及密钥对这个桶读、写、删、列的权限。"),
        )
    if not is_kept:
        return Finding.mend(
            _("图片存储桶 %(bucket)s 读出的内容和写入的不同。") % {"bucket": bucket},
            _("核对 MEDIA_STORE_URL，并询问存储服务的管理者。"),
        )
    return Finding.ok(_("图片存储桶 %(bucket)s 可以写入、读出和删除。") % {"bucket": bucket})


def check_mail():
    if settings.EMAIL_BACKEND != SMTP_BACKEND:
        return Finding.warning(
            _("不会发邮件：没有回执，也不能用邮件重设密码。"), _("设置 EMAIL_URL 和 EMAIL_FROM。")
        )
    address = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        socket.create_connection(address, MAIL_SECONDS).close()
    except OSError:
        return Finding.mend(
            _("连不上邮件服务器 %(server)s。") % {"server": server},
            _("核对 EMAIL_URL 的主机和端口，以及防火墙。"),
        )
    return Finding.ok(_("邮件服务器 %(server)s 连得上。") % {"server": server})


def check_backups():
    folder = settings.BACKUP_DIR
    if folder is None:
        return Finding.warning(
            _("没有设置备份放在哪里。"), _("设置 BACKUP_DIR，并让定时任务每天运行 back_up。")
        )
    if not folder.is_dir():
        return Finding.mend(
            _("没有“%(path)s”这个目录，备份写不进去。") % {"path": folder},
            _("建立这个目录，并交给运行网站的用户。"),
        )
    newest = next(iter(backups_in(folder)), None)
    if newest is None:
        return Finding.warning(_("“%(path)s”里还没有备份。") % {"path": folder}, BACK_UP)
    written = datetime.datetime.fromtimestamp(newest.stat().st_mtime, tz=datetime.UTC)
    text = _("最新的备份写于 %(moment)s。") % {
        "moment": timezone.localtime(written).strftime("%Y-%m-%d %H:%M")
    }
    if timezone.now() - written > datetime.timedelta(days=BACKUP_DAYS):
        return Finding.warning(text, _("看看备份的定时任务为什么没有运行：") + BACK_UP)
    if not newest.name.endswith(ENCRYPTED_SUFFIX):
        return Finding.warning(
            text + _("它没有加密，里面有咨询者的个人信息和第二验证的密钥。"),
            _("在别处用 age-keygen 生成一对密钥，把公钥写进文件，设置 BACKUP_RECIPIENTS_FILE。"),
        )
    return Finding.ok(text + _("其中没有 secret_key、audit_key 和 .env，请另存一份。"))


def check_database_server():
    """Find out which database answers, and whether it can handle Chinese text."""
    if connection.vendor == "sqlite" and not connection.is_in_memory_db():
        path = Path(connection.settings_dict["NAME"])
        if not path.exists():
            return Finding.mend(_("还没有数据库 %(path)s。") % {"path": path}, "make setup")
    try:
        check_database()
    except Exception:
        # Each database has errors of its own, and their texts name the server.
        return Finding.mend(
            _("连不上数据库。"), _("启动数据库，核对 DATABASE_URL 的用户、密码、主机和库名。")
        )
    if connection.vendor == "sqlite":
        version = ".".join(map(str, connection.Database.sqlite_version_info))
        return Finding.ok(f"SQLite {version}")
    with impatient(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_encoding_to_char(encoding), datctype,"
            " lower('É') = 'é' FROM pg_database WHERE datname = current_database()"
        )
        version, encoding, locale, knows_letters = cursor.fetchone()
    text = f"PostgreSQL {version} · {encoding} · {locale}"
    if encoding != "UTF8" or not knows_letters:
        return Finding.mend(
            text,
            _(
                "中文要用 UTF-8 的库：新建一个，再把备份恢复进去："
                "createdb -T template0 -E UTF8 --locale=C.UTF-8"
            ),
        )
    return Finding.ok(text)


def check_migrations():
    with impatient():
        count = len(unapplied_migrations())
    if count:
        return Finding.mend(_("数据库还缺 %(count)s 个迁移。") % {"count": count}, MIGRATE)
    return Finding.ok(_("数据库的结构和代码一致。"))
