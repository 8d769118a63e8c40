"""What the switches' command lines answer, rendered from the model; one module a platform."""
