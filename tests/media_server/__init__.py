"""A media server for tests: speaks LiveKit's protocol to real pages and carries what they send.

Pages join it with the vendored client library as they would join LiveKit's own server, which cannot
be had everywhere tests run. It was written after LiveKit's public protocol files and client; it
shares no code with that server, so it shows that our pages and tickets keep to the protocol, not
that LiveKit does.

`process.py` starts it as a process of its own, so that it can die in the middle of a call;
`doors.py` has its addresses, `tickets.py` who may come in, `rooms.py` who is where, `signalling.py`
what is said on a socket, `calls.py` the peer connections, `forwarding.py` what runs through them.

It deliberately resumes nobody: who lost the socket is told to join anew, as LiveKit tells whoever
asks a server that was restarted; a page's picture comes in one size; there are no data messages.
"""
