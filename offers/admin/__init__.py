"""The staff's and the jury's pages of the integration: what they show is read, what they do is done by acts."""

from offers.admin import entrants, lists, periods, places, seats, waiting

__all__ = ["entrants", "lists", "periods", "places", "seats", "waiting"]
