"""Pictures of every view at desktop and phone width: ``python -m tests.browser.shots PAGE FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.browser.conftest import CHROMIUM, FLAGS

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SHOTS = {
    "graph": "",
    "region": "#sel=place/jinan",
    "line": "#sel=place/shanghai>topic/artificial-intelligence",
    "everything": "#show=all",
    "path": "#path=place/jinan>place/tianshui",
    "list": "#as=list",
    "matrix": "#view=matrix",
    "targets": "#view=targets",
    "sources": "#view=sources",
    "map": "#view=map",
}


def main(page: str, folder: str) -> None:
    from playwright.sync_api import sync_playwright

    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for scheme in ("light", "dark"):
            for size, (width, height) in SIZES.items():
                for name, address in SHOTS.items():
                    tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                    tab.goto(Path(page).resolve().as_uri() + address)
                    tab.wait_for_selector("body[data-ready]")
                    tab.wait_for_timeout(600)
                    tab.screenshot(path=str(Path(folder) / f"{name}-{size}-{scheme}.png"))
                    tab.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
