"""Money that givers give: what they asked for, where every rial is, and the account given back to them.

Owns the households' leave to be shown without a name, the needs shown to givers, gifts with their conditions, promises
for every month, payments at the gateway, the double-entry books, refunds, the money that a charity draws for a need it
holds, and goods that organisations offer.

Promises: every rial is in one account, the sum of all accounts is zero and none but the giver's is ever below it; a
payment counts once or not at all; givers never give a need more than it lacks; conditions are never changed and never
broken; stock of goods is never below zero; a month is asked for once; money is sent back once, by four eyes; nothing
shown to givers points to fewer than `CROWD_MIN` households.
"""
