"""The admin's import pages, as a member of staff goes through them."""

import io

from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from promotion.reference.models import ImportBatch
from tests.spreadsheets.samples import csv_file


def make_user(name, *rights):
    """Return a member of staff with the rights of these names, who may also publish."""
    user = User.objects.create(username=name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[*rights, "publish_records"]))
    return user


def url(page, model="companies_company", run=None):
    return reverse(f"admin:{model}_{page}", args=[run] if run else [], current_app="sheets")


def latest():
    """Return the number of the last run."""
    return ImportBatch.objects.latest("pk").pk


def upload(client, rows, name="企业.csv"):
    """Hand in rows or bytes and return the page that follows."""
    data = rows if isinstance(rows, bytes) else csv_file(rows)
    file = SimpleUploadedFile(name, data)
    return client.post(url("import"), {"file": file}, follow=True)


def confirm(client):
    """Confirm the last run and return the page that follows."""
    return client.post(url("import_confirm", run=latest()), follow=True)


def run_worker():
    """Do what the worker does that a page starts."""
    call_command("run_imports", stdout=io.StringIO())


def messages_of(response):
    return [str(message) for message in response.context["messages"]]
