from pathlib import Path


class Assets:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        return "/static/" + name
