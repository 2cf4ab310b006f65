"""The demo: an evening with forty believable people, from one command.

`run` starts a server, makes the event and prints its links; `troupe` are the people, each on a real
socket; `conversation` is what they say. Like a rehearsal's, they know the server by its contract.
"""
