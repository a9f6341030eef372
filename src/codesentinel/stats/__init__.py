"""Numbers: floats in, floats out; thin wrappers and the few methods no library has."""
