"""Uploads in a bucket that speaks S3, where several hosts share them.

Loaded only where MEDIA_STORE_URL names one: boto3 is large.
"""

import errno
from functools import wraps
from urllib.parse import urljoin

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from django.utils.functional import cached_property
from storages.backends.s3 import S3Storage

CONNECT_SECONDS = 2
READ_SECONDS = 10
ATTEMPTS = 2
# As many threads as a worker has may give out pictures at once.
CONNECTIONS = 64


def reaching(method):
    """Let what the bucket's service refuses, or a service out of reach, be a ConnectionError."""

    @wraps(method)
    def reached(storage, name, *args, **kwargs):
        try:
            return method(storage, name, *args, **kwargs)
        except (BotoCoreError, Boto3Error, ClientError) as error:
            raise ConnectionError(errno.EIO, str(error), name) from error

    return reached


class BucketStorage(S3Storage):
    """A private bucket, or a part of one, whose files have the addresses that MEDIA_URL says."""

    def __init__(self, *, style, **options):
        super().__init__(
            **options,
            object_parameters={"CacheControl": settings.MEDIA_CACHING},
            client_config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                max_pool_connections=CONNECTIONS,
                s3={"addressing_style": style},
                # What boto3 adds by itself since 1.36, the services of other makers refuse.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            # Pictures are small: no threads to send one in parts.
            transfer_config=TransferConfig(use_threads=False),
        )

    @cached_property
    def connection(self):
        """One for all threads: one for each of them would take megabytes and time each."""
        return super().connection

    def url(self, name):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    _open = reaching(S3Storage._open)
    _save = reaching(S3Storage._save)
    delete = reaching(S3Storage.delete)
    exists = reaching(S3Storage.exists)
    listdir = reaching(S3Storage.listdir)
    get_modified_time = reaching(S3Storage.get_modified_time)
