"""One look for each family of formats: from bytes to an identity, reading no more than is needed to tell."""
