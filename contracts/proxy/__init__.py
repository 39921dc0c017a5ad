"""A proxy on loopback for any HTTP client: passes exchanges on unchanged, and hands each to a callback. It knows no
rule; what is ambiguous as HTTP it refuses. Both of its sides speak HTTP through h11."""
