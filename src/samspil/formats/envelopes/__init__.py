"""What messages travel in: VANS envelopes and standard business document headers."""
