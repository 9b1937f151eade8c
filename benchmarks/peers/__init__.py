"""What the service is measured beside: a bare bot, and a quick stand-in for both its neighbours."""
