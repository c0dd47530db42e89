"""Running real consumers over the payloads of every version: plan, transports, what was observed."""
