"""What limits a service."""
