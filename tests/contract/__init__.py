"""The contract suite: judges clients, recordings, tenants and candidates by a contract. Shipped as `contracts.suite`."""
