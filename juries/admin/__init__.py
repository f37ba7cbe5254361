"""The staff's and the jury's pages: what they show comes from querysets, what they do is done by acts."""

from juries.admin import admissibility, conversations, dossiers, marks, planning, publications, waiting

__all__ = ["admissibility", "conversations", "dossiers", "marks", "planning", "publications", "waiting"]
