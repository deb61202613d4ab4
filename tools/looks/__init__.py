"""`make looks`: photographs every state of the gallery and tells what looks different."""
