"""The page behind a confirmer's one-time link: works without script and without an account, small on any phone.

The address holds a secret and nothing of anybody; what is shown and taken is decided by scoring.
"""
