"""The door for web servers (granian, WSGI)."""

import atexit
import gc
import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakha.settings")
_site = get_wsgi_application()
# by its name, because its models can be imported only after the line above
application = import_string("sakha.entrypoints.operations.quick_door.QuickDoor")(_site)

# What was read at the start lives as long as the process; looked through at each collection it cost more than requests.
gc.collect()
gc.freeze()
atexit.register(gc.unfreeze)  # libraries count at the end what is left of them
