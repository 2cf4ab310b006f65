"""The host's console in a terminal: `meguri console URL`, full-screen or `--plain`.

Responsible for showing the board that the server tells hosts and for sending what they command. It
decides nothing: every rule and every refusal is the server's. It knows the server by its contract
alone, and may run on any machine.
"""
