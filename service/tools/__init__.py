"""What a model can do besides talking: typed functions, offered to it and run by us."""
