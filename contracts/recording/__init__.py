"""Cassettes: recording without secrets, replaying by SOAP's rules, and where a recording comes from."""
