"""Which state the public data are in, as a number that each change makes another."""

from django.db import models


class DataVersion(models.Model):
    """The one row whose number is another after each transaction that changed public data.

    The database itself counts (see `promotion.reference.changes`), so that nothing can be written
    past it.
    """

    is_for_staff = True

    number = models.BigIntegerField()

    def __str__(self):
        return str(self.number)


class PendingChange(models.Model):
    """A transaction on PostgreSQL that has changed public data and not ended yet.

    Counting waits until it ends: transactions then hold the one row of the version for a moment
    only, not for as long as they last.
    """

    is_for_staff = True

    transaction_number = models.BigIntegerField(primary_key=True)

    def __str__(self):
        return str(self.transaction_number)
