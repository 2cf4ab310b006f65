"""The building: sockets, pages, store and command line around the evening."""
