"""The rules of coordination: coverage lists, states of an invitation, its text, quiet hours, opting out."""
