"""«کاشی», the design language: what every page of Sakha is made of.

Owns the style source, the typeface, the drawn tiles and charts, and the components that pages are put together from.
Promises right-to-left pages with Persian digits that need no script, no inline style and nobody else's server, and
figures that are drawn on the server with their table beneath them. Knows no household and no rule.
"""
