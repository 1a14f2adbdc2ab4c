"""Training a new model to answer like the old one: the objective, and the Trainer that minimises it."""
