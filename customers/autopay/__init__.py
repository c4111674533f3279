"""Money from cards and bank accounts: stored sources, gateways, charges and refunds."""
