"""After how long a charity that drew givers' money owes its report."""

from datetime import timedelta
from typing import Final

# A hold lasts three days; who let it run out, or still holds it, and delivered nothing since, owes a word after two
# weeks. Our own figure; GlobalGiving hides a project whose quarterly report is late.
REPORT_DUE: Final = timedelta(days=14)
