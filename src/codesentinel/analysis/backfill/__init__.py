"""What a stream of samples holds, before and after it was stored."""
