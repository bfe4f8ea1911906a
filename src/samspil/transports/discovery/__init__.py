"""Finding a receiver's access point: ask its publisher (SMP), believe only what is signed, remember for a while."""
