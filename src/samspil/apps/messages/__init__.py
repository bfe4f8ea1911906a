"""The message core's pages: traffic, one message, standards, endpoints, queues, try."""
