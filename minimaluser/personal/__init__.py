"""What belongs to people: found by walking the tables, erased, brought back, shown.

Nothing in this folder knows a table or a column of the product by its name but that of the people
and their `closed_at`. The stories are in `accounts/`: closing, undo, export.
"""
