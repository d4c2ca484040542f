"""The public's door: what anybody may see and check, without a name, a sign-in or a script."""
