"""Looks over every partial, page and mail in every state, without a browser: `make check-parts`.

The samples of the gallery are rendered once, in each way that they are shown (`states.py`), with
marks that tell which line of which template every character comes from (`trace.py`). Each rendering
is read as a tree (`tree.py`), and the checks say what is wrong in it, where, and how to mend it.
"""
