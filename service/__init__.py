"""The wiring: the network, the settings, the texts, and what runs where; start at `app`."""
