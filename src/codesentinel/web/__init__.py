"""What codesentinel serves over HTTP, loopback by default."""
