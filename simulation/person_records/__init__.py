"""Records of people as many charities keep them, with all that goes wrong, and who each record truly is.

Owns: the measuring ground of linkage, at any size and for the whole country. Families, clans, twins, same-named
cousins and refugees; charities with habits of their own; files in which the same people stand spelled anew.
Promises: nobody exists (no number is of a range that is issued), the same arguments give the same bytes, people are
made in portions so that millions fit, and nothing here knows how the product compares: it must be measured, not met.
"""
