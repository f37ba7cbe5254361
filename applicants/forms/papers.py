"""One file at a time, of the kinds and the size that a paper allows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programmes.rules import FileKind, PaperRule
from programmes.templatetags.words import file_size

SUFFIXES = {FileKind.PDF: ".pdf", FileKind.JPEG: ".jpg,.jpeg", FileKind.PNG: ".png"}


class PaperForm(forms.Form):
    """A file to deposit. Its content and size are judged when it is received, not here."""

    file = forms.FileField(
        label=_("Fichier à joindre"),
        error_messages={"required": _("Choisissez d’abord un fichier."), "empty": _("Ce fichier est vide.")},
    )

    def __init__(self, rule: PaperRule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext("%(kinds)s, %(size)s au plus.") % {
            "kinds": _either([kind.upper() for kind in rule.kinds]),
            "size": file_size(rule.max_bytes),
        }
        self.fields["file"].widget.attrs["accept"] = ",".join(SUFFIXES[kind] for kind in rule.kinds)


def _either(names: list[str]) -> str:
    """« PDF, JPEG ou PNG »."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(names)s ou %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
