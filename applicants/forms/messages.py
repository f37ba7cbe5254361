"""A message, with the files joined to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applicants.conversation import ATTACHMENT, LONGEST_MESSAGE
from applicants.forms.long_text import LongText
from applicants.forms.papers import SUFFIXES


class SeveralFiles(forms.ClearableFileInput):
    """The browser's own control, in which several files may be chosen at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """The files that were chosen, as a list; none is no error."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file) for file in chosen if file]


class MessageForm(forms.Form):
    """What one writes. The files' content and size are judged when they are received, not here."""

    text = LongText(label=_("Votre message"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 6}))
    joined = FilesField(
        label=_("Fichiers joints"),
        required=False,
        help_text=_("PDF, JPEG ou PNG, 5 Mo au plus chacun ; cinq fichiers au plus."),
        widget=SeveralFiles(attrs={"accept": ",".join(SUFFIXES[kind] for kind in ATTACHMENT.kinds)}),
    )
