"""The donor's pages, by topic: choosing, the basket, giving, following."""
