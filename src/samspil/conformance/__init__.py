"""The test bench: scripted partners, scenarios, reports, certificates."""
