"""Durable store-and-forward. Start reading in journey.py."""
