"""Rules over a parsed message: every fault in one pass, as a Report. No I/O."""
