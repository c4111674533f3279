"""The ledger: every change of money, and every figure read from it."""
