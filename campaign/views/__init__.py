"""The pages that span the apps: the portal's home, a procedure, and the home of a candidate's dossier."""
