"""One message body from one standard to another, with a list of what the target cannot hold."""
