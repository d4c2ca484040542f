"""Vocabulary: the plain words that every room speaks.

Owns: identity numbers, Persian text, Jalali dates, rial and toman, provinces and counties, the kinds of need and their
periods, the names of household facts and the headings under which charities keep them, and `Refusal`.
Promises: plain Python without Django, database or clock; every function is pure; text from any keyboard is understood;
what is stored is ASCII digits and Gregorian dates, what is shown is Persian.
"""
