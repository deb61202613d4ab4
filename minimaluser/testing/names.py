"""What a test and the site it looks at have to call by the same names (`backstage.py`)."""

PREFIX = "/dev/test/"
HEADER = "X-Test-Secret"
COOKIE = "fault"
SECRET_FILE = "backstage.json"  # in the instance folder
MAILER, STORE = "mailer", "store"  # what can be down
