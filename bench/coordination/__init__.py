"""How many invitations go out, and that nobody gets two."""
