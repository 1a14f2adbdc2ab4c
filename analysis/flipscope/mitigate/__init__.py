"""How to get the gain of a new model without the damage: train, choose or combine, and judge all of it alike."""
