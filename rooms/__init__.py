"""The evening: rules of a hybrid networking event, without clock, network or store."""
