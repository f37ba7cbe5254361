"""From an account to enrolment, in real browsers: one file for each notice."""
