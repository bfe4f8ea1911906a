"""Pages and flows for people, on the engines below. No app imports another."""
