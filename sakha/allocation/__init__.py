"""Allocation: who gets what from which fund, so that the worst-off are served first and every giver's condition holds.

Owns the rule of fair shares: exact lexicographic max-min of fill inside tiers of urgency over all funds and open needs,
in whole rials, with a certificate that code apart from the solver checks. Promises that the same funds and needs give
the same shares, that no hard condition is ever broken, and that each result can say why this need and not that one.
"""
