"""The candidate’s pages of the selection: choosing a slot, handing in what else is asked for."""
