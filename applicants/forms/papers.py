"""Files to deposit, of the kinds and the size that a paper allows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from documents.intake import advice
from programmes.rules import FileKind, PaperRule
from programmes.templatetags.words import file_size

SUFFIXES = {FileKind.PDF: ".pdf", FileKind.JPEG: ".jpg,.jpeg", FileKind.PNG: ".png"}


class FilesInput(forms.ClearableFileInput):
    """A control that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several: a list of them."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files, each as one alone would be cleaned; those that are empty are judged with the others.

        Raises:
            ValidationError: none was chosen.
        """
        return [super(FilesField, self).clean(file, initial) for file in data or [None]]


class PaperForm(forms.Form):
    """A file to deposit. Its content and size are judged when it is received, not here."""

    file = forms.FileField(
        label=_("Fichier à joindre"),
        error_messages={"required": _("Choisissez d’abord un fichier.")},
        allow_empty_file=True,
    )

    def __init__(self, rule: PaperRule, *args: Any, room: int = 1, **kwargs: Any) -> None:
        """`room`: how many files may still be added, where several may."""
        super().__init__(*args, **kwargs)
        self.rule, self.room = rule, room
        field = self.fields["file"]
        field.help_text = _allowed(rule)
        field.widget.attrs["accept"] = ",".join(SUFFIXES[kind] for kind in rule.kinds)

    @property
    def advice(self) -> dict[str, str]:
        """What a page may say of a file before it is sent, by reason."""
        return {reason.value: words for reason, words in advice(self.rule).items()}


class PapersForm(PaperForm):
    """Files of a paper that may have several."""

    file = FilesField(
        label=_("Fichiers à joindre"),
        error_messages={"required": _("Choisissez d’abord un fichier.")},
        allow_empty_file=True,
    )

    def __init__(self, rule: PaperRule, *args: Any, **kwargs: Any) -> None:
        super().__init__(rule, *args, **kwargs)
        if self.room == 1:
            self.fields["file"].label = gettext("Fichier à joindre")
        self.fields["file"].help_text += " " + ngettext(
            "Il reste de la place pour %(count)d fichier.",
            "Il reste de la place pour %(count)d fichiers, que vous pouvez choisir ensemble.",
            self.room,
        ) % {"count": self.room}


def chosen(form: PaperForm) -> list[UploadedFile]:
    """The files of a valid form."""
    given = form.cleaned_data["file"]
    return given if isinstance(given, list) else [given]


def _allowed(rule: PaperRule) -> str:
    """« PDF, JPEG ou PNG, 5 Mo au plus. »"""
    words = {"kinds": _either([kind.upper() for kind in rule.kinds]), "size": file_size(rule.max_bytes)}
    if rule.max_files > 1:
        return gettext("%(kinds)s, %(size)s au plus par fichier.") % words
    return gettext("%(kinds)s, %(size)s au plus.") % words


def _either(names: list[str]) -> str:
    """« PDF, JPEG ou PNG »."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(names)s ou %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
