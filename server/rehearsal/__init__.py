"""The rehearsal: simulated attendees over real sockets against any server, and what they saw.

`parts` says who behaves how, `attendee` plays one of them, `witness` keeps each one's own log,
`stage` conducts the evening as its host, `report` compares what everybody saw with each other and
with the server's export. Nothing here looks inside the server: it is judged by its contract alone.
"""
