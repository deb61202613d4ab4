"""What is tried of each setting: what is right, what is odd and still taken, what is wrong."""

from __future__ import annotations

from typing import Any

from minimaluser import server

# Right and odd ones with what they are read as, wrong ones with what is said (or that for all).
Tried = dict[str, tuple[dict[str, Any], dict[str, Any], Any, str]]
SECRET = "a-secret-of-32-bytes-and-a-few-more"
SWITCH = (
    {"1": True, "0": False},
    {
        **dict.fromkeys([" TRUE ", "Yes", "on", "T", "y", "Enabled"], True),
        **dict.fromkeys(["False", "No", "off", "F", "n", "disabled", ""], False),
    },
    ["2", "ja", "-1", "1,0", '"1"', "on off", "１"],
    "must be 1 (on) or 0 (off)",
)
HOST = "must have a host, and a port from 1 to 65535 if it has one"
START = "must start with https:// or http://"
WEB = (
    {
        "https://t.example": "https://t.example",
        "http://127.0.0.1:9000/x": "http://127.0.0.1:9000/x",
    },
    {
        " http://t.example/x/ ": "http://t.example/x",
        "HTTPS://T.Example:443/Tiles": "https://t.example/Tiles",
        "http://[2001:DB8::1]:9000/a b".replace(" ", "%20"): "http://[2001:db8::1]:9000/a%20b",
        "https://münchen.example./für": "https://xn--mnchen-3ya.example/f%C3%BCr",
        "": "",
    },
    {
        **dict.fromkeys(["t.example", "ftp://t.example", "https:/t.example", "//t.example"], START),
        **dict.fromkeys(["https://t.example /x", "https:\\\\t.example", "//"], START),
        **dict.fromkeys(["https://", "http://:80", "http://t.example:0", "http://[::1"], HOST),
        **dict.fromkeys(["http://t:many", "http://t:", "http://t:65536", "http://-t"], HOST),
        **dict.fromkeys(
            ["http://1.2.3", "http://256.1.1.1", "http://[1.2.3.4]", "http://a..b"], HOST
        ),
        **dict.fromkeys(["http://[fe80::1%eth0]", "http://t,u", "http://*.t"], HOST),
        **dict.fromkeys(
            ["http://u:p@t", "http://t?x", "http://t/#x", "http://t?"],
            "must be a host, perhaps with a port and a path, and nothing else",
        ),
    },
    "",
)
ODD_PATH = "{tmp}/ä?x=1 100%25% #'\"{x}$&;[b]"
PATHS = {"{tmp}/a/../b": "{tmp}/b", ODD_PATH: ODD_PATH}
NO_PATHS = {
    **dict.fromkeys(
        ["/dev/null", "/dev/null/x", "{tmp}/" + "x" * 300], "must be a folder that can be made: "
    ),
    "/proc": "must be a folder that can be written to: ",  # as root may not either
}
OF_SQLITE = (
    "must be sqlite:/// and a path from the root, such as sqlite:////data/site.db, "
    "with %3F for ?, %25 for % and no options"
)
SECRETS: Any = ({SECRET: (SECRET,)}, {f" {SECRET} ,, b,": (SECRET, "b")}, [], "")
NOT_FROM_1 = ["0", "-1", "1.5", "many", "1e3", "٣", "1 2", "9" * 5000, "0" * 5000]

OF_SITE: Tried = {
    "APP_ENV": (
        {"development": "development"},
        {"": "development", " development ": "development"},
        ["prod", "Production", "DEVELOPMENT", "production development"],
        "must be development or production",
    ),
    "SITE_URL": (
        {"https://mu.example": "https://mu.example"},
        {
            "http://localhost:5000/": "http://localhost:5000",
            "": "http://localhost:5000",
            "https://münchen.example": "https://xn--mnchen-3ya.example",
            "https://STRASSE.例え.jp:8443": "https://strasse.xn--r8jz45g.jp:8443",
            "https://straße.example": "https://xn--strae-oqa.example",
            "http://[0:0::1]:5000": "http://[::1]:5000",
        },
        {
            **{text: said for text, said in WEB[2].items() if "/#" not in text},
            **dict.fromkeys(
                ["https://mu.example/app", "https://mu.example/app/", "http://mu.example//x"],
                "must have no path: the site is at the root of its host",
            ),
        },
        "",
    ),
    "DATABASE_URL": (
        {"postgresql://mu@h/mu": "postgresql://mu@h/mu"},
        {
            "postgres://mu:p%40ss@h/mu": "postgres://mu:p%40ss@h/mu",
            "sqlite:///{tmp}/site.db": "sqlite:///{tmp}/site.db",
        },
        {
            **dict.fromkeys(
                ["mysql://mu@h/mu", "site.db", "postgresql:mu", "/var/site.db"],
                "must start with postgresql:// or sqlite://",
            ),
            **dict.fromkeys(["sqlite://", "sqlite:///site.db", "sqlite:///:memory:"], OF_SQLITE),
            "sqlite:///{tmp}": "must lead to a file, and not to a folder: ",
            "sqlite:///{tmp}/nowhere/site.db": "must lead to a file in a folder that is there: ",
        },
        "",
    ),
    "INSTANCE_PATH": ({"{tmp}/here": "{tmp}/here"}, PATHS, NO_PATHS, ""),
    "SESSION_SECRET": SECRETS,
    "JWT_SECRET_USER": SECRETS,
    "JWT_SECRET_HTML": SECRETS,
    "JWT_MAILER_SECRET": SECRETS,
    "MAILER_URL": (
        {"https://mailer.example": "https://mailer.example"},
        {
            "http://mailer:8000": "http://mailer:8000",
            "http://[::1]:1": "http://[::1]:1",
            "http://[FD00::7]": "http://[fd00::7]",
            "HTTP://10.0.0.7/": "http://10.0.0.7",
            "https://münchen.example": "https://xn--mnchen-3ya.example",
            "": "",
        },
        ["http://mailer.example.org", "mailer:8000", "https://", "smtp://mailer", "http://1.1.1.1"],
        "must start with https://, or http:// within a private network",
    ),
    "AWS_TILES_BUCKET_NAME": (
        {"tiles": "tiles"},
        {
            " tiles ": "tiles",
            "My_tiles.2": "My_tiles.2",
            "arn:aws:s3:x:1:y": "arn:aws:s3:x:1:y",
            "": "",
        },
        ["t", "a/b", "a b", "tiles?", "ü" * 3, "https://t.example"],
        "must be the name of a bucket: letters, digits, dots and hyphens",
    ),
    "AWS_TILES_BUCKET_URL": WEB,
    "AWS_ENDPOINT_URL": WEB,
    "RATE_LIMIT_STORAGE_URL": (
        {"redis://h:6379/0": "redis://h:6379/0", "valkey://h": "valkey://h"},
        {"rediss://h": "rediss://h", "unix:///run/redis": "unix:///run/redis", "": ""},
        [
            *(
                "memcached://h",
                "h:6379",
                "redis:h",
                "redis",
                "redis://",
                "unix://",
                "redis://h/tiles",
            ),
            *("redis://h:many", "redis://h:99999", "redis://[::1", "redis://h h"),
            *("redis://h?socket_timeout=x", "redis://h?nobody=1", "valkey+unix:///x"),
        ],
        "must be redis:// or valkey:// with a host, perhaps a port and /number",
    ),
    "RATE_LIMIT_CROWD": ({"1": 1}, {" 20 ": 20, "": 1000}, NOT_FROM_1, "must be a number from 1"),
    "WEB_THREADS": ({"8": 8}, {"008": 8, "": 24}, NOT_FROM_1, "must be a number from 1"),
    "TRUSTED_PROXIES": ({"1": 1}, {"": 0, "00": 0}, ["-1", "one", "1.5"], "must be a number"),
    "CONTACT_EMAIL": (
        {"help@mu.example": "help@mu.example"},
        {" help@mu.example ": "help@mu.example", "": ""},
        ["help", "help@", "Help <help@mu.example>", "a@b.example, c@d.example"],
        "must be an address and nothing else",
    ),
    "PRIVATE_SIGNUP": SWITCH,
    "SIGNUP_KEY": (
        {"granted": "granted", "chosen": "chosen"},
        {"": "granted", " chosen ": "chosen"},
        ["Chosen", "own", "1", "granted chosen"],
        "must be granted or chosen",
    ),
    "CONFIRMATION": (
        {"required": "required", "later": "later"},
        {"": "required", " later ": "later"},
        ["Later", "never", "0", "required later"],
        "must be required or later",
    ),
    "COOKIE_BANNER": (
        {"when-needed": "when-needed", "always": "always"},
        {"": "always", " when-needed ": "when-needed"},  # empty in development
        ["Always", "never", "1", "when needed"],
        "must be always or when-needed",
    ),
    "SW_DISABLED": SWITCH,
    "METRICS": SWITCH,
    "THEME": (
        {"plain": "plain", "contrast": "contrast"},
        {"": "default", " plain ": "plain"},
        ["Plain", "../themes/plain", "plain,contrast", "none"],
        "must be contrast or default or plain",
    ),
    "PORT": (
        {"5001": 5001},
        {" 65535 ": 65535, "": 5000},
        ["0", "65536", "http", "-1"],
        "must be a number from 1 to 65535",
    ),
    "FLASK_DEBUG": SWITCH,
}
ALONE = {
    "JWT_MAILER_SECRET": SECRET,
    "SMTP_URL": "smtp://localhost",
    "MAIL_FROM": "site@mu.example",
}
OF_MAILER: Tried = {
    "JWT_MAILER_SECRET": (
        {SECRET: (SECRET,)},
        {f" {SECRET} , {SECRET[::-1]}": (SECRET, SECRET[::-1])},
        ["short", f"{SECRET},short"],
        "is shorter than 32 bytes",
    ),
    "SMTP_URL": (
        {"smtp://u:p@h:587": "smtp://u:p@h:587"},
        {"smtps://h": "smtps://h", "smtp+plaintext://h:25": "smtp+plaintext://h:25"},
        {
            **dict.fromkeys(
                [
                    *("", "h:587", "smtp://", "smtp://h:many", "smtp://h:99999", "smtp://[h"),
                    *("http://h", "smtp://h/x", "smtp://h?x=1", "smtp://u:1?2@h", "smtp://u:1#2@h"),
                ],
                "must be smtp://, smtps:// or smtp+plaintext:// with a host",
            ),
            **dict.fromkeys(
                ["smtp+plaintext://u:p@mail.example:25", "smtp+plaintext://1.1.1.1"],
                "must be smtp:// or smtps://, or smtp+plaintext:// within a private network",
            ),
        },
        "",
    ),
    "MAIL_FROM": (
        {"site@mu.example": "site@mu.example"},
        {" site@mu.example ": "site@mu.example"},
        ["", "site", "site@", "The Site <site@mu.example>"],
        "must be an address and nothing else",
    ),
    "MAILER_RECIPIENT_A_DAY": ({"5": 5}, {"": 10}, NOT_FROM_1, "must be a number from 1"),
    "MAILER_A_MINUTE": ({"5": 5}, {"": 60}, NOT_FROM_1, "must be a number from 1"),
    "INSTANCE_PATH": ({"{tmp}/here": "{tmp}/here"}, PATHS, NO_PATHS, ""),
}
OF_SERVER: Tried = {
    "WSGI_APP": (
        {server.MAILER: server.MAILER},
        {"": server.SITE, "minimaluser:create_app": "minimaluser:create_app"},
        {
            **dict.fromkeys(
                ["mailer", "minimaluser.mailer", "minimaluser/mailer.py", "os;x:y()"],
                f"must be {server.SITE} or {server.MAILER}",
            ),
            **dict.fromkeys(
                ["nosuch:app()", "tests.nosuch:app()", "minimaluser:create_ap()", "os.x.y:z"],
                f"must be an app that is there, such as {server.SITE}: ",
            ),
        },
        "",
    ),
    "BIND_ADDRESS": (
        {"127.0.0.1": "127.0.0.1", "::": "[::]"},
        {"": "0.0.0.0", "[::1]": "[::1]", "localhost": "localhost"},
        ["127.0.0.1/8", "a b", "http://h", "[]", "999.1.1.1", "1.2.3", "::g", "h:1"],
        "must be an address of this machine, such as 127.0.0.1 or ::",
    ),
    "PORT": ({"8001": 8001}, {"": 8000}, OF_SITE["PORT"][2], OF_SITE["PORT"][3]),
    "WEB_CONCURRENCY": ({"4": 4}, {"": 2}, NOT_FROM_1, "must be a number from 1"),
    "WEB_THREADS": ({"8": 8}, {"": 24}, NOT_FROM_1, "must be a number from 1"),
    "FORWARDED_ALLOW_IPS": (
        {"*": "*", "10.0.0.1": "10.0.0.1"},
        {"": "127.0.0.1,::1", "fd00::/8, 10.0.0.0/24": "fd00::/8, 10.0.0.0/24"},
        ["nginx", "10.0.0.1/24", "10.0.0", "10.0.0.1 10.0.0.2", ","],
        "must be addresses or networks with commas between them, or *",
    ),
    "ACCESS_LOG": (
        {"-": "-"},
        {"": "", "{tmp}/ä?#%": "{tmp}/ä?#%", "/dev/null": "/dev/null"},
        ["/dev/null/log", "{tmp}", "{tmp}/nowhere/log"],
        "must be - or a file in a folder that is there: ",
    ),
    "PROMETHEUS_MULTIPROC_DIR": (
        {"{tmp}/m": "{tmp}/m"},
        {"": "", ODD_PATH: ODD_PATH},
        NO_PATHS,
        "",
    ),
}
