"""The only room that knows .xlsx: bytes to a snapshot, and the package of parts behind it."""
