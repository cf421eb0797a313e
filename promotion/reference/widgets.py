"""What visitors type into."""

from django import forms


class WholeNumberInput(forms.TextInput):
    """A number as text, with the digits at hand on a phone.

    Of a number input a browser sends nothing where it cannot read what was typed ("about 500"):
    the visitor would not be told, and the answer would be lost.
    """

    def __init__(self, attrs=None):
        super().__init__({"inputmode": "numeric", **(attrs or {})})
