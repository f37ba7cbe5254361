"""The refusal: what an act raises when it may not, or may not yet, do what it was asked."""


class Refused(Exception):
    """An act was refused; nothing changed. `str()` is a sentence that the person can act on, in their
    language.
    """


class NotAllowed(Refused):
    """The person has no right to this act on this subject."""


class Closed(Refused):
    """The procedure's clock is outside the window in which the act is possible."""
