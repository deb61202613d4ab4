"""Personal data: found by walking the tables, erased, restored and exported.

No module in this folder names a table or column of the product except `users` and its `closed_at`.
The use cases are in `accounts/`: closing, undo, export.
"""
