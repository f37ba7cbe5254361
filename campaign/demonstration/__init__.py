"""The demonstration: `make run` on one desk, where every procedure is a rehearsal and all people are made up.

    moments.py      the moments of a procedure worth looking at
    wishes.py       to which of them a visitor wants to go        playing.py   how one gets there
    characters.py   whom one can sign in as                       guard.py     never beside real candidates

Its pages are in `campaign.views.demonstration`; outside of a demonstration they do not exist.
"""
