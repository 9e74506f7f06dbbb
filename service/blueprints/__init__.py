"""What the web shows: pages (HTML), api (JSON), ops (health). Each part has `register(app)`."""
