"""The second factor: codes of an app, and recovery codes that work once each."""

import io
import math
import re
from base64 import b32encode
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp import login as note_second_factor
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from promotion.accounts.models import strict_roles
from promotion.audit.services import log, log_each
from promotion.audit.vocabulary import Action

RECOVERY_CODES = 10
APP_CODE = re.compile("[0-9]{6}")
# A secret that was shown and never confirmed is not shown again after so long.
SETUP_TIME = timedelta(hours=1)


class CodeRefusedError(Exception):
    """A code was not accepted; `seconds` is how long to wait before the next, if one has to."""

    def __init__(self, seconds=0):
        super().__init__()
        self.seconds = seconds

    @property
    def message(self):
        if self.seconds:
            return _("错误的次数太多，请等 %(seconds)s 秒再试。") % {"seconds": self.seconds}
        return _(
            "验证码不对，或者已经用过。请输入应用上现在显示的 6 位数字，或一个没有用过的恢复码。"
        )


def is_required(user, duties):
    """Tell whether a user may not work without a second factor; `duties` is their session."""
    return duties.has_strict_role or is_strict_superuser(user)


def is_strict_superuser(user):
    return user.is_superuser and settings.SUPERUSERS in settings.SECOND_FACTOR_FOR


def is_owed(user):
    """Tell whether the password alone does not let a user in."""
    return app_device(user) is not None or is_strict_superuser(user) or strict_roles(user).exists()


def app_device(user, confirmed=True):
    """Return the app of a user, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=confirmed).first()


def new_app_device(user):
    """Return the app that a user is setting up, with the secret it was first shown with."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False)
    oldest = timezone.now() - SETUP_TIME
    waiting.filter(created_at__lt=oldest).delete()
    return waiting.first() or TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def drawn(text):
    """Return a text as a QR code in SVG without any style of its own."""
    import segno  # noqa: PLC0415 once for each member of staff

    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", scale=5, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return out.getvalue()


def typed(code):
    """Return a code without the spaces and dashes that it was read with."""
    return re.sub(r"[\s-]", "", code).lower()


def kept(recovery_code, key=None):
    """Return what of a recovery code is kept: enough to know it again, not to read it."""
    return salted_hmac("recovery-code", typed(recovery_code), secret=key).hexdigest()[:16]


def kept_of(user, recovery_code):
    """Return what is kept of a user's recovery code, be it made with a former SECRET_KEY."""
    former = [kept(recovery_code, key) for key in settings.SECRET_KEY_FALLBACKS]
    own = StaticToken.objects.filter(device__user=user, token__in=former)
    return own.values_list("token", flat=True).first() or kept(recovery_code)


def use_code(user, code, *, confirmed=True):
    """Return the device that accepts a code, which is used up thereby.

    Raises CodeRefusedError. Only the device that the code is for is asked: a wrong code of the app
    does not slow down the recovery codes.
    """
    code = typed(code)
    is_of_app = APP_CODE.fullmatch(code)
    model, token = (TOTPDevice, code) if is_of_app else (StaticDevice, kept_of(user, code))
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=confirmed).first()
        if device is not None:
            _may_try, hindrance = device.verify_is_allowed()
            if hindrance:
                wait = (hindrance["locked_until"] - timezone.now()).total_seconds()
                raise CodeRefusedError(seconds=max(1, math.ceil(wait)))
            if device.verify_token(token):
                if model is StaticDevice:
                    log(Action.CODE_USED, user, user, left=recovery_codes_left(user))
                return device
    raise CodeRefusedError


def confirm(request, user, device):
    """Take an app into use, confirmed by its first code; return the recovery codes."""
    with transaction.atomic():
        device.confirmed = True
        device.save()
        sign_in(request, user, device)
        log(Action.FACTOR_ADDED, user)
        return new_recovery_codes(user)


def sign_in(request, user, device):
    """Let a user in who has shown a second factor, with a new session key."""
    request.session.cycle_key()
    request.user = user
    note_second_factor(request, device)


def new_recovery_codes(user):
    """Replace a user's recovery codes and return the new ones, the only time they can be read."""
    codes = [StaticToken.random_token() for _position in range(RECOVERY_CODES)]
    with transaction.atomic():
        device, _created = StaticDevice.objects.get_or_create(
            user=user, defaults={"name": "recovery", "confirmed": True}
        )
        device.token_set.all().delete()
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=kept(code)) for code in codes
        )
        log(Action.CODES_MADE, user, count=len(codes))
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_codes_left(user):
    """Return how many recovery codes a user has not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def own_codes(user, codes):
    """Return those of the given recovery codes that are the user's."""
    known = set(StaticToken.objects.filter(device__user=user).values_list("token", flat=True))
    return [code for code in codes if kept(code) in known]


def remove(users):
    """Take the second factor of users away, with their recovery codes."""
    with transaction.atomic():
        apps = TOTPDevice.objects.filter(user__in=users)
        in_use = apps.filter(confirmed=True).values("user")
        had_one = list(get_user_model().objects.filter(pk__in=in_use))
        apps.delete()
        StaticDevice.objects.filter(user__in=users).delete()
        log_each(Action.FACTOR_REMOVED, had_one)


def readable_secret(device):
    """Return the secret of an app in groups of four, as it is typed in by hand."""
    secret = b32encode(device.bin_key).decode()
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
