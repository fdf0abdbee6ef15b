"""The initial content of an empty database: the counties' settings, and demo data."""
