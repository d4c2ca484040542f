"""Lets `python -m sakha.entrypoints.commands` be the command `sakha`."""

import sys

from sakha.entrypoints.commands.main import main

sys.exit(main())
