"""Real SOAP stacks as clients and as a server, judged on the wire. ``python -m tests.interop`` makes the matrix."""
