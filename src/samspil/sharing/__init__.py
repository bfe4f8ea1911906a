"""Documents found and fetched on request, under consent and audit."""
