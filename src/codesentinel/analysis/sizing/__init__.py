"""How much memory, CPU and disk the metrics of a fleet take, in each way to run them."""
