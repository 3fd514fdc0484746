"""Stages the outages that an operator will meet, and measures what they cost.

Two gateways share a Valkey server, in front of the sandbox. Shoppers buy all the time: before an outage, while it
lasts, and after it. Each outage is a row of `staging.OUTAGES`.
"""
