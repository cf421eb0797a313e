"""What a record holds about persons for staff alone: shown to those who may change the record."""

from dataclasses import replace

from simple_history.template_utils import HistoricalRecordContextHelper


class OpenChanges(HistoricalRecordContextHelper):
    """The differences between two versions, without those in private fields."""

    def __init__(self, *args, private, **options):
        super().__init__(*args, **options)
        self.private = private

    def context_for_delta_changes(self, delta):
        open_changes = [change for change in delta.changes if change.field not in self.private]
        return super().context_for_delta_changes(replace(delta, changes=open_changes))


class PrivateFieldsMixin:
    """Keeps `private_fields` from those who only view: on the form, in the history, in filters."""

    private_fields = []

    def may_see_private(self, request, obj=None):
        return bool(self.private_fields) and self.has_change_permission(request, obj)

    def hidden_fields(self, request, obj=None):
        return set() if self.may_see_private(request, obj) else set(self.private_fields)

    def get_historical_record_context_helper(self, request, historical_record):
        private = self.hidden_fields(request, self.model(pk=historical_record.id))
        return OpenChanges(self.model, historical_record, private=private)

    def lookup_allowed(self, lookup, value, request):
        # A list filtered by the beginning of a number would tell the number.
        if lookup.partition("__")[0] in self.hidden_fields(request):
            return False
        return super().lookup_allowed(lookup, value, request)
