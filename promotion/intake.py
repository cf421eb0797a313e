"""Taking an enquiry in: once, not too often, and kept before anything else is tried."""

import calendar
import logging
import secrets
import time
import uuid
from dataclasses import asdict, dataclass
from functools import partial

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage, get_connection
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from parks.models import District
from promotion.limits import HOUR_SECONDS, comes_too_often, counted_network
from promotion.models import Inquiry, InquirySubject
from promotion.reference.models import Industry, subject_models
from promotion.reference.records import PublicRecord, validate_slug
from promotion.reference.services import LinkQuery, fetch_links, in_language
from promotion.vocabulary import MailStatus

logger = logging.getLogger(__name__)

MIN_FORM_SECONDS = 2
MAX_FORM_SECONDS = 12 * HOUR_SECONDS
MAX_SUBJECTS = 20
# Without vowels, which spell words, and without what is easily read for something else.
NUMBER_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 5
NO_MAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


class TooOftenError(Exception):
    """More enquiries from one address than an hour allows."""


@dataclass(frozen=True)
class Ticket:
    """What a blank form is handed out with, signed: its key, when, beside which privacy notice."""

    key: str
    version: int
    issued_at: int

    @classmethod
    def issue(cls, version):
        """Return the ticket of a form that shows a version of the privacy notice."""
        return cls(str(uuid.uuid4()), version.pk, int(time.time()))

    @classmethod
    def read(cls, text):
        """Return the ticket that a form came back with, or None if it is false or too old."""
        try:
            ticket = cls(**Signer(salt="inquiry").unsign_object(text))
        except BadSignature:
            return None
        return ticket if ticket.age_seconds <= MAX_FORM_SECONDS else None

    @property
    def age_seconds(self):
        return time.time() - self.issued_at

    @property
    def is_too_fresh(self):
        """Whether no person could have filled the form in since."""
        return self.age_seconds < MIN_FORM_SECONDS

    def __str__(self):
        return Signer(salt="inquiry").sign_object(asdict(self))


def asked_about(query):
    """Return (model, slug) of each record that an address names, as in ?park=a&park=b&company=c.

    An industry is none of them: the form has a field for it.
    """
    return [
        (model, slug)
        for model in subject_models(PublicRecord)
        if model is not Industry
        for slug in dict.fromkeys(query.getlist(model._meta.model_name)[:MAX_SUBJECTS])
        if validate_slug.regex.match(slug)
    ]


def fetch_asked_about(query):
    """Return links to the public records that an address names."""
    slugs = {}
    for model, slug in asked_about(query):
        slugs.setdefault(model, []).append(slug)
    link_queries = [
        LinkQuery(model._meta.label, model.objects.published().filter(slug__in=asked))
        for model, asked in slugs.items()
    ]
    return fetch_links(*link_queries)[:MAX_SUBJECTS]


def new_number():
    """Return a number that is easily read out and cannot be guessed from another."""
    letters = "".join(secrets.choice(NUMBER_LETTERS) for _position in range(NUMBER_LENGTH))
    return f"{timezone.localdate():%Y%m%d}-{letters}"


def months_later(day, months):
    """Return the same day so many months later, or the last of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(
        year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])
    )


def receive(inquiry, ticket, links, address, root):
    """Keep an enquiry and send its mails; return it, or the one that its form brought before.

    `address` is the visitor's, `root` the site's own.

    Raises TooOftenError if the address has sent too many.
    """
    earlier = Inquiry.objects.filter(form_key=ticket.key).first()
    if earlier:
        return earlier
    if comes_too_often("inquiries", counted_network(address), settings.INQUIRIES_PER_HOUR):
        raise TooOftenError
    inquiry.number = new_number()
    inquiry.form_key = ticket.key
    inquiry.privacy_version_id = ticket.version
    inquiry.keep_until = months_later(timezone.localdate(), settings.INQUIRY_RETENTION_MONTHS)
    inquiry.reply_working_days = settings.INQUIRY_REPLY_WORKING_DAYS or None
    try:
        with transaction.atomic():
            inquiry.save()
            InquirySubject.objects.bulk_create(
                InquirySubject(
                    inquiry=inquiry,
                    record_type=ContentType.objects.get_for_model(link.model),
                    record_id=link.pk,
                    name=link.name,
                )
                for link in links
            )
            transaction.on_commit(partial(send_mails, inquiry, root))
    except IntegrityError:
        # The same form sent twice at once: the other one was first.
        return Inquiry.objects.get(form_key=ticket.key)
    return inquiry


def send_mails(inquiry, root):
    """Mail the receipt of an enquiry and word of it to the staff; note what became of the receipt.

    Both go over one connection: a mail server that is slow to answer delays the visitor once.
    """
    inquiry.mail_status = MailStatus.FAILED if inquiry.email else MailStatus.NO_ADDRESS
    if inquiry.email and settings.EMAIL_BACKEND == NO_MAIL_BACKEND:
        inquiry.mail_status = MailStatus.TURNED_OFF
    elif settings.EMAIL_BACKEND != NO_MAIL_BACKEND:
        try:
            home = District.objects.published().home()
            receipt, notice = make_receipt(inquiry, home), make_notice(inquiry, home, root)
            with get_connection() as connection:
                if receipt and is_sent(receipt, connection, inquiry):
                    inquiry.mail_status = MailStatus.SENT
                if notice:
                    is_sent(notice, connection, inquiry)
        except Exception as error:
            logger.error("No mail about %s was sent: %s", inquiry.number, type(error).__name__)
    inquiry.save(update_fields=["mail_status"])


def is_sent(message, connection, inquiry):
    """Send a mail over an open connection and tell whether the server took it."""
    try:
        return bool(connection.send_messages([message]))
    except Exception as error:
        # A mail server's refusal quotes the address, which no log may hold.
        logger.error("A mail about %s was not sent: %s", inquiry.number, type(error).__name__)
        return False


def make_receipt(inquiry, home):
    """Return the receipt, in the language asked for, or None without an address to send it to.

    It repeats nothing that the visitor typed: whoever gives somebody else's address sends them
    no words of their own.
    """
    if not inquiry.email:
        return None
    with override(inquiry.language):
        return EmailMessage(
            _("投资咨询已收到：%(number)s") % {"number": inquiry.number},
            render_to_string(
                "promotion/inquiry_receipt.txt",
                {"inquiry": inquiry, "district": in_language(home, "name") if home else ""},
            ),
            to=[inquiry.email],
            headers={"Auto-Submitted": "auto-replied"},
        )


def make_notice(inquiry, home, root):
    """Return what tells the staff that an enquiry has come in, or None without anyone to tell.

    It leads to the admin and holds nothing that the visitor typed: mail passes through many hands.
    """
    recipients = settings.INQUIRY_NOTIFY or [home.email if home else ""]
    if not any(recipients):
        return None
    with override(settings.LANGUAGE_CODE):
        address = reverse("admin:promotion_inquiry_change", args=[inquiry.pk])
        return EmailMessage(
            _("新的投资咨询：%(number)s") % {"number": inquiry.number},
            render_to_string(
                "promotion/inquiry_notice.txt",
                {"inquiry": inquiry, "address": root + address},
            ),
            to=recipients,
            headers={"Auto-Submitted": "auto-generated"},
        )
