"""Codes by SMS that let somebody in: how long they are, how often one may guess, how often one may ask for another.

Decides the figures for every site; what a code stands for, and the figures of a whole network, are the rooms'.
"""

from datetime import timedelta
from typing import Final

CODE_DIGITS: Final = 6
WRONG_MAX: Final = 5
WINDOW: Final = timedelta(minutes=15)
DAY: Final = timedelta(days=1)
# Of one number, known or not: with five tries a code, ten codes a day leave a guesser one chance in 20,000 a day.
ASKS_IN_WINDOW: Final = 3
ASKS_A_DAY: Final = 10
# Of one address within the window: whole mobile operators stand behind one, so it is wider than of a number.
ADDRESS_ASKS: Final = 60
