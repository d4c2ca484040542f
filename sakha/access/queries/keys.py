"""The key ring of this deployment, read anew at each call: a key added to the file counts from the next call on."""

from django.conf import settings

from sakha.access.rules.sealing import KeyRing, parse_key_ring


def key_ring() -> KeyRing:
    """The keys of the settings. Parsing is remembered by text, so a call costs one read of a small file."""
    return parse_key_ring(settings.SAKHA.keys_text())
