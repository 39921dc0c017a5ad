"""The contract suite: clients, recordings, tenants and candidates, judged. Shipped as `contracts.suite`."""
