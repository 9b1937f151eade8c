"""What models cost, who has spent how much, and who may spend more."""
