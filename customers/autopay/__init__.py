"""Cards and bank accounts: attaching them, charging them, and what gateways report later."""
