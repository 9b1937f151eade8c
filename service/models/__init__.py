"""The models we can ask, each behind the port `actors.ports.Model`; only our errors leave here."""
