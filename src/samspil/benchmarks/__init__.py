"""Measured claims: every figure in docs/performance.md comes from here, beside a named peer."""
