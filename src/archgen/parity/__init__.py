"""The parity table: its rows, how ready each cloud is, and the reviews of rows."""
