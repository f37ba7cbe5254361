"""Addresses of made-up people: by their domain one knows to which rehearsal they belong."""

from __future__ import annotations

from programmes.models import Procedure


def domain_of(procedure: Procedure) -> str:
    """The domain of all addresses in a rehearsal; nothing is ever delivered there (RFC 2606)."""
    return f"{procedure.slug}.example"
