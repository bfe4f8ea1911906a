"""Settings, command line, server: wires everything together and decides nothing."""
