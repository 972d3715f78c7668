"""The ledger: what happened to each case, chained by hash, and the bytes that prove it, kept for good."""
