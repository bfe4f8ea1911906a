"""lxml as samspil uses it."""
