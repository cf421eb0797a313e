"""Forms of the staff side that are refused after all of them was saved, and shown again."""

from django.db import transaction

from promotion.reference.pictures import PictureField


class RefusedError(Exception):
    """Leaves the transaction of a form that may not be saved; says why, in words."""

    def __init__(self, messages):
        super().__init__()
        self.messages = messages


class RefusingFormsMixin:
    """Undoes a form that is refused once it is saved, and shows it again with what was typed.

    Some rules can be asked only of what is in the database then: a form's own fields, lines and
    many-to-many values together.
    """

    def changeform_view(self, request, *args, **kwargs):
        view = super().changeform_view
        return self.refusing(request, lambda: view(request, *args, **kwargs))

    def refusing(self, request, view):
        """Answer with a form's view; what it may not have saved is undone, the form shown again."""
        try:
            with transaction.atomic():
                return view()
        except RefusedError as error:
            request.refused = error.messages
            for file in request.FILES.values():
                file.seek(0)
            return view()

    def get_form(self, request, obj=None, **kwargs):
        """Return the form; it bears why a first try to save it was refused."""
        form_class = super().get_form(request, obj, **kwargs)
        refused = getattr(request, "refused", [])
        if not refused:
            return form_class

        class RefusedForm(form_class):
            def clean(self):
                cleaned = super().clean()
                self.add_error(None, refused)
                return cleaned

        return RefusedForm

    def construct_change_message(self, request, form, formsets, add=False):
        # The one step after all is saved that the return to a former version takes as well.
        if messages := self.refusals(request, form, formsets):
            discard_new_pictures(form)
            raise RefusedError(messages)
        return super().construct_change_message(request, form, formsets, add)

    def refusals(self, request, form, formsets):
        """Return why what was just saved may not be, in words; nothing if it may."""
        return []


def discard_new_pictures(form):
    """Remove the pictures that a form has kept, which the database is about to forget."""
    for field in form.instance._meta.fields:
        picture = isinstance(field, PictureField) and getattr(form.instance, field.name)
        if picture and field.name in form.changed_data:
            picture.discard()
