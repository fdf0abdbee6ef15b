"""What an empty database starts with: the counties' settings, and a demonstration."""
