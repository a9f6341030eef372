"""What the record of deployments says: who failed, who recovered, and the DORA keys."""
