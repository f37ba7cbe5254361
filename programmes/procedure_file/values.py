"""Readers of single values: what a person types in the file, turned into what the portal works with.

Each takes a `Place` and returns a value, or raises `Wrong` with a reason that says what to type instead.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from programmes.iban import NotAnIban, WrongKey, read_iban
from programmes.procedure_file.nodes import Place, Wrong
from programmes.text import Text
from programmes.words import PARIS

EnumT = TypeVar("EnumT", bound=enum.Enum)

YES_OR_NO = {"oui": "yes", "non": "no", "yes": "yes", "no": "no"}
CODE = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}) (?:(\d{2}:\d{2})|minuit)", re.ASCII)
AMOUNT = re.compile(r"(\d{1,7})(?:[.,](\d{2}))?", re.ASCII)
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
PHONE = re.compile(r"\+?[0-9][0-9 .()/-]{5,38}", re.ASCII)
SIZE = re.compile(r"(\d{1,3}) Mo", re.ASCII)
CONTRAST_NEEDED = 4.5  # WCAG AA, for the school's accent as text on white


def line(place: Place, most: int = 120) -> str:
    """A short text on one line."""
    text = place.text()
    if "\n" in text:
        raise Wrong("ce texte doit tenir sur une ligne.")
    if len(text) > most:
        raise Wrong(f"ce texte a {len(text)} caractères, {most} au plus sont admis.")
    return text


def words(place: Place) -> Text:
    """A French text with its English twin, or one text that is the same in both languages (a name)."""
    if not place.is_table():
        return Text(fr=place.text(), en="")
    with place.table() as twin:
        return Text(fr=twin.need("fr", Place.text, "?"), en=twin.need("en", Place.text, "?"))


def code(place: Place) -> str:
    """A code: letters without accents, digits, and single hyphens or underscores between them."""
    return as_code(place.text())


def as_code(text: str) -> str:
    """`text`, if it can be a code."""
    if not CODE.fullmatch(text) or len(text) > 40:
        raise Wrong(f"« {text} » n’est pas un code : lettres sans accent, chiffres, tirets, 40 caractères au plus.")
    return text


def key_of(place: Place) -> str:
    """The code under which an entry stands in its table; a fault if it is none."""
    return place.read(lambda entry: as_code(entry.name), place.name)


def yes_or_no(place: Place) -> bool:
    """`oui` or `non`."""
    text = place.text().lower()
    if text not in YES_OR_NO:
        raise Wrong(f"« {place.text()} » : oui ou non est attendu.")
    return YES_OR_NO[text] == "yes"


def answer(place: Place) -> str:
    """An answer, as conditions name it: an option's code, or `oui` and `non` for a yes/no question."""
    return YES_OR_NO.get(place.text().lower(), place.text())


def whole_number(least: int = 0, most: int = 32_767) -> Callable[[Place], int]:
    """A reader of whole numbers from `least` to `most` (by default what a small integer column holds)."""

    def read_number(place: Place) -> int:
        text = place.text()
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise Wrong(f"« {text} » : un nombre entier de {least} à {most} est attendu.")
        return int(text)

    return read_number


def decimal(place: Place) -> Decimal:
    """A mark, such as 4 or 12.5."""
    text = place.text().replace(",", ".")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text, re.ASCII):
        raise Wrong(f"« {place.text()} » : un nombre est attendu, avec deux décimales au plus.")
    return Decimal(text)


def cents(place: Place) -> int:
    """An amount in euros (`76.00`, `76,00` or `76`), in cents."""
    text = place.text().removesuffix("€").strip()
    match = AMOUNT.fullmatch(text)
    if match is None:
        raise Wrong(f"« {place.text()} » n’est pas un montant en euros : écrivez par exemple 76.00.")
    euros, fraction = match.groups()
    return int(euros) * 100 + int(fraction or "0")


def megabytes(place: Place) -> int:
    """The size of a file (`5 Mo`), in bytes."""
    match = SIZE.fullmatch(place.text())
    if match is None or int(match[1]) == 0:
        raise Wrong(f"« {place.text()} » n’est pas une taille de fichier : écrivez par exemple 5 Mo.")
    return int(match[1]) * 1_000_000


def day(place: Place) -> dt.date:
    """A day, such as 2026-05-18."""
    return _day(place.text())


def moment(place: Place) -> dt.datetime:
    """A day and an hour of Europe/Paris, such as `2026-03-20 23:00`; `minuit` is the end of that day."""
    text = place.text()
    match = MOMENT.fullmatch(text)
    if match is None:
        raise Wrong(f"« {text} » n’est pas un jour avec son heure : écrivez 2026-03-20 23:00, ou 2026-07-17 minuit.")
    date, hour = _day(match[1]), match[2]
    if hour is None:
        return dt.datetime.combine(date + dt.timedelta(days=1), dt.time(0), PARIS)
    try:
        local = dt.datetime.combine(date, dt.time.fromisoformat(hour), PARIS)
    except ValueError:
        raise Wrong(f"« {hour} » n’est pas une heure (pour la fin du jour, écrivez minuit).") from None
    if local.astimezone(dt.UTC).astimezone(PARIS).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Wrong(f"« {text} » n’existe pas : on passe ce jour-là à l’heure d’été.")
    return local


def one_of(kinds: type[EnumT]) -> Callable[[Place], EnumT]:
    """A reader of one of the values of an enumeration."""

    def read_kind(place: Place) -> EnumT:
        text = place.text()
        try:
            return kinds(text)
        except ValueError:
            known = ", ".join(str(kind.value) for kind in kinds)
            raise Wrong(f"« {text} » est inconnu ; les valeurs possibles sont : {known}.") from None

    return read_kind


def email(place: Place) -> str:
    """An e-mail address."""
    text = line(place)
    try:
        validate_email(text)
    except ValidationError:
        raise Wrong(f"« {text} » n’est pas une adresse électronique.") from None
    return text


def website(place: Place) -> str:
    """The address of a site, with its https://."""
    text = line(place, most=200)
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise Wrong(f"« {text} » n’est pas l’adresse d’un site : écrivez par exemple https://www.exemple.fr.") from None
    return text


def phone(place: Place) -> str:
    """A telephone number, as printed."""
    text = line(place, most=40)
    if not PHONE.fullmatch(text):
        raise Wrong(f"« {text} » n’est pas un numéro de téléphone.")
    return text


def iban(place: Place) -> str:
    """An IBAN whose check digits hold, without its spaces."""
    text = place.text()
    try:
        return read_iban(text)
    except WrongKey:
        raise Wrong(f"« {text} » : la clé de contrôle de cet IBAN est fausse : un chiffre est mal recopié.") from None
    except NotAnIban:
        raise Wrong(f"« {text} » n’a pas la forme d’un IBAN.") from None


def bic(place: Place) -> str:
    """A BIC of 8 or 11 characters."""
    text = place.text().replace(" ", "").upper()
    if not BIC.fullmatch(text):
        raise Wrong(f"« {place.text()} » n’a pas la forme d’un BIC (8 ou 11 caractères).")
    return text


def accent(place: Place) -> str:
    """A school's colour, dark enough to be read as text on white."""
    text = place.text().lower()
    if not COLOUR.fullmatch(text):
        raise Wrong(f'« {place.text()} » n\'est pas une couleur : écrivez par exemple "#1f3a5f", entre guillemets.')
    ratio = contrast_with_white(text)
    if ratio < CONTRAST_NEEDED:
        raise Wrong(f"la couleur {text} est trop claire sur fond blanc (contraste de {ratio:.1f}, il faut 4,5).")
    return text


def contrast_with_white(colour: str) -> float:
    """The WCAG contrast ratio (1 to 21) between `colour` ("#rrggbb") and white."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _day(text: str) -> dt.date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise Wrong(f"« {text} » n’est pas une date : écrivez par exemple 2026-05-18.")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Wrong(f"le jour {text} n’existe pas.") from None
