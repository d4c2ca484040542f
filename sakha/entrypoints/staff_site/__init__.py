"""The site of charities, agencies and offices: check before giving, files, deliveries, the province.

Owns sessions, forms, addresses and pages in Persian. Promises that every page needs a permission, that every page works
without script, and that a refusal of a room below becomes a sentence with a way on. Decides nothing by itself.
"""
