"""Who is signed in from where, which passwords were used, and what axes has noted."""

from datetime import timedelta
from hashlib import sha256

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

# Noting every single request would write to the database on every page.
NOTED_EVERY = timedelta(minutes=1)


def digest(text):
    """Return what a secret is known by here, from which nobody can tell the secret."""
    return sha256(text.encode()).hexdigest()


def strict_roles(user):
    """Return the roles of a user, or of an outer query's, that require a second factor."""
    strict = settings.SECOND_FACTOR_FOR
    return Group.objects.filter(Q(name__in=strict) | Q(role__key__in=strict), user=user)


class StaffSessionQuerySet(models.QuerySet):
    def with_duties(self):
        """Add what the user's account asks for: whether there is a second factor, whether a role
        requires one, and since when the password has been in use."""
        devices = TOTPDevice.objects.filter(user=OuterRef("user"), confirmed=True)
        passwords = UsedPassword.objects.filter(user=OuterRef("user")).order_by("-set_at")
        return self.annotate(
            has_second_factor=Exists(devices),
            has_strict_role=Exists(strict_roles(OuterRef("user"))),
            password_set_at=Subquery(passwords.values("set_at")[:1]),
        )

    def within_limits(self):
        """Keep what is signed in now, as far as the clock tells."""
        now = timezone.now()
        return self.filter(
            ended_at__isnull=True,
            last_seen_at__gt=now - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
            started_at__gt=now - timedelta(hours=settings.SESSION_HOURS),
        )

    def live(self, user):
        """Return where a user is signed in; a new password has signed out what came before it."""
        mark = digest(user.get_session_auth_hash())
        return self.within_limits().filter(user=user, password_mark=mark, user__is_active=True)

    def end(self):
        """Sign all of them out; where somebody does it, by `sign_out`, which records it."""
        return self.filter(ended_at__isnull=True).update(ended_at=timezone.now())

    def outdated(self):
        """Keep those whose session in the database can no longer be there."""
        return self.filter(
            last_seen_at__lt=timezone.now() - timedelta(hours=settings.SESSION_HOURS)
        )


class StaffSession(models.Model):
    """A place where a user signed in; kept by a digest, so that nobody can take it over."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="staff_sessions",
        verbose_name=_("用户"),
    )
    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    password_mark = models.CharField(max_length=64, editable=False)
    user_agent = models.CharField(_("浏览器标识"), max_length=255, blank=True)
    address = models.CharField(_("网络地址"), max_length=45, blank=True)
    started_at = models.DateTimeField(_("登录时间"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("最近活动"), default=timezone.now)
    ended_at = models.DateTimeField(_("退出时间"), null=True, blank=True)

    holds_personal_data = True

    objects = StaffSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-last_seen_at", "pk"]
        verbose_name = _("登录中的设备")
        verbose_name_plural = _("登录中的设备")

    def __str__(self):
        return f"{self.user} · {self.device}"

    @property
    def device(self):
        """Return browser and system in plain words."""
        browser = first_named(BROWSERS, self.user_agent)
        system = first_named(SYSTEMS, self.user_agent)
        if browser and system:
            return _("%(system)s 上的 %(browser)s") % {"system": system, "browser": browser}
        return browser or system or _("未知设备")

    @property
    def is_ended(self):
        return self.ended_at is not None

    @property
    def is_idle_too_long(self):
        return timezone.now() - self.last_seen_at >= timedelta(
            minutes=settings.SESSION_IDLE_MINUTES
        )

    @property
    def is_too_old(self):
        return timezone.now() - self.started_at >= timedelta(hours=settings.SESSION_HOURS)

    @property
    def is_password_due(self):
        """Whether the password must be changed; needs `with_duties()`."""
        if not settings.PASSWORD_MAX_DAYS:
            return False
        oldest = timezone.now() - timedelta(days=settings.PASSWORD_MAX_DAYS)
        return self.password_set_at is None or self.password_set_at < oldest

    def note(self, address):
        """Note that somebody was here, from which address."""
        now = timezone.now()
        if now - self.last_seen_at >= NOTED_EVERY or address != self.address:
            self.last_seen_at, self.address = now, address
            self.save(update_fields=["last_seen_at", "address"])


# The first that a user agent names: most name others too, which they are compatible with.
BROWSERS = {
    "MicroMessenger": _("微信"),
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
    "curl": "curl",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def first_named(names, user_agent):
    """Return the name of the first of these that a user agent says it is, or ""."""
    return next((name for sign, name in names.items() if sign in user_agent), "")


class UsedPassword(models.Model):
    """A password of a user, hashed, and when it was set; kept only where a rule asks for it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="used_passwords")
    encoded = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-set_at", "-pk"]
        verbose_name = _("用过的密码")
        verbose_name_plural = _("用过的密码")

    def __str__(self):
        return f"{self.user} · {self.set_at:%Y-%m-%d}"


class LoginFailure(AccessAttempt):
    """What axes counts: failed logins of a name from an address, until they are forgotten."""

    holds_personal_data = True

    class Meta:
        proxy = True
        verbose_name = _("登录失败与锁定")
        verbose_name_plural = _("登录失败与锁定")


class LoginRecord(AccessLog):
    """What axes logs: a login, and when it ended."""

    holds_personal_data = True

    class Meta:
        proxy = True
        verbose_name = _("登录记录")
        verbose_name_plural = _("登录记录")
