"""The wires: each implements a port that the exchange declares."""
