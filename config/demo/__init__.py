"""A believable company with eighteen months of receivables, generated from a seed.

Everybody in it is invented: mail goes to `.example` domains, American phones are 555-01xx. Money is
written through the ledger's own functions, each at its moment in the past, so the books reconcile.

company      the letterhead, staff, tax rates, the test gateway
names        firms, people, places
accounts     who the customers are and how they behave
diary        the order in which everything happens
trading      what a customer does month by month: buys, pays, forgets
cases        the accounts with a story: the group, the hold, the plan, ...
postings     a finished and a scheduled statement run
loading      all of it, in one transaction
"""
