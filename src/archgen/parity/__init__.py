"""The parity table: its rows, the readiness of each cloud, and reviews of rows."""
