"""What a person sees of a command: reports, progress, faults, as the terminal at hand can show them."""
