"""Careless breaks of style sheets; each is planted alone and must be told first."""

from __future__ import annotations

from tests.planted import CSS, THEMES, Break

PARTS = ("button", "dialog", "row", "field", "menu", "toast")
BUTTON, DIALOG, ROW, FIELD, MENU, TOAST = (f"{CSS}components/{name}.css" for name in PARTS)
SITE, BASE, BARS, TOKENS = (f"{CSS}{name}.css" for name in ("site", "base", "bars", "tokens"))
SEA = f"{THEMES}contrast/tokens.css"

STYLES = [
    # What cannot be read.
    Break(ROW, "flex-wrap: wrap;\n", "flex-wrap: wrap\n", "`;`"),
    Break(
        TOKENS, "--ink: light-dark(#14201e, #e9eeec);", "--ink: light-dark(#14201e, #e9eeec)", "`;`"
    ),
    Break(
        TOAST,
        "  color: var(--ink);\n  pointer-events: auto;\n",
        "  color: var(--ink)\n  pointer-events: auto;\n",
        "`;`",
        "  color: var(--ink)",
    ),
    Break(
        TOAST,
        "  margin: 0;\n  font-size: var(--text-small);",
        "  margin: 0; font-size var(--text-small);",
        "font-size: var(--text-small);",
    ),
    Break(
        ROW,
        "justify-content: space-between;\n  padding: var(--space-5);\n}",
        "justify-content: space-between;\n  padding: var(--space-5);\n",
        "not closed",
        ".row-card {",
    ),
    Break(MENU, "}\n", "}\n}\n", "closes nothing"),
    Break(
        SITE,
        '@import "./bars.css" layer(components);',
        '@import "./bars.css" layer(components)',
        "`;`",
    ),
    Break(
        FIELD,
        "/* the colour says nothing here */",
        "/* the colour says nothing here",
        "comment is not closed",
    ),
    # Names that CSS does not know.
    Break(ROW, "align-items: center;", "aling-items: center;", "align-items`?"),
    Break(
        ROW, "justify-content: space-between;", "justify-content: space-betwen;", "space-between`?"
    ),
    Break(FIELD, "position: relative;", "position: relativ;", "relative`?"),
    Break(
        FIELD,
        "border: var(--hairline) solid var(--danger);",
        "border: var(--hairline) sold var(--danger);",
        "solid`?",
    ),
    Break(
        FIELD,
        "@media (forced-colors: active)",
        "@media (forced-colours: active)",
        "forced-colors`?",
    ),
    Break(FIELD, "@media (forced-colors: active)", "@media (forced-colors: activ)", "active`?"),
    Break(MENU, "@media (width >= 48rem)", "@media (widht >= 48rem)", "width`?"),
    Break(MENU, "@media (width >= 48rem)", "@media (width >= 48rm)", "rem`?"),
    Break(MENU, "@media (width >= 48rem)", "@meda (width >= 48rem)", "media`?"),
    Break(SITE, '"./base.css" layer(base)', '"./base.css" layer(bse)', "base`?"),
    Break(SITE, "vendor, tokens, base", "vendor, tokns, base", "did you mean `tokens`?"),
    Break(BASE, "a:hover {", "a:hoover {", "hover`?"),
    Break(BASE, "::selection {", "::selecton {", "selection`?"),
    Break(BASE, "h3 {\n  font-size", "h33 {\n  font-size", "h3`?"),
    Break(BUTTON, "animation: turn var", "animation: trun var", "turn`?"),
    # Tokens.
    Break(BARS, "--foot: 0px;", "--foot: 0;", "write `0px`"),
    Break(f"{THEMES}contrast/bars.css", "--above: 0px;", "--above: 0;", "write `0px`"),
    Break(TOKENS, "--accent: light-dark(#0f766e", "--accent: light-dark(#0f766", "no colour"),
    Break(SEA, "--accent: light-dark(#0a2f8f", "--accent: light-dark(#0a2f8g", "no colour"),
    Break(TOKENS, "--ink-soft: light", "--ink-sofft: light", "--ink-soft`?"),
    Break(SEA, "--ink-soft: light", "--ink-sofft: light", "--ink-soft`?"),
    Break(TOKENS, "--space-3: 0.75rem;", "--space-3: 0.75rm;", "rem`?"),
    Break(TOKENS, "--weight-bold: 700;", "--weight-bold: var(--text);", "font-weight"),
    Break(TOKENS, "--accent: light-dark(#0f766e, #63cfc1);", "--accent: #0f766e;", "light-dark("),
    # What stands in the wrong place, and what nothing has.
    Break(ROW, "padding: var(--space-5);", "padding: 24px;", "24px"),
    Break(ROW, "padding: var(--space-5);", "padding: 1.5rem;", "write var(--space-5)"),
    Break(ROW, "font-size: var(--title-small);", "font-size: 20px;", "20px"),
    Break(ROW, "font-weight: var(--weight-medium);", "font-weight: 600;", "--weight"),
    Break(ROW, ".row-note {", ".email {", "no template has the class `email`"),
    Break(DIALOG, "#dialog-title:focus {", "#dialog-titel:focus {", "dialog-title`?"),
    Break(f"{THEMES}contrast/look.css", "var(--ink);", "var(--inc);", "--ink`?"),
    # Slips of the pen.
    Break(ROW, "padding: var(--space-5);", "padding: var(--space-5;", "add `)`"),
    Break(MENU, "@media (width >= 48rem) {", "@media (width >= 48rem {", "`)` is lost"),
    Break(ROW, "color: var(--ink-soft);", "colour: var(--ink-soft);", "`color`?"),
    Break(ROW, "color: var(--ink-soft);", "color: var(ink-soft);", "write var(--ink-soft)"),
    Break(ROW, "color: var(--ink-soft);", "color: --ink-soft;", "write var(--ink-soft)"),
    Break(ROW, "color: var(--danger);", "color:: var(--danger);", "one colon"),
    Break(ROW, "margin: var(--space-1) 0 0;", "margin: var(--space-1) 0 0 0 0;", "{1,4}"),
    Break(ROW, "display: flex;", "display: flexbox;", "flex`?"),
    Break(f"{THEMES}plain/elements.css", "!important", "!importnat", "!important`?"),
    Break(TOKENS, "--hairline: 1px;", "--hairline: 1 px;", "is nothing for"),
    Break(TOAST, "opacity var(--slow)", "opacity 200ms", "var(--slow)"),
    Break(DIALOG, "background: var(--surface);", "background: url(./paper.webp);", "no file"),
    Break(DIALOG, "background: var(--veil);", "background: url(//a.example/b.webp);", "blocks"),
    Break(BUTTON, ".btn-small {", ".btn.small {", "the class `small`"),
    Break(SITE, "./components/toast.css", "./compnents/toast.css", "components/toast.css`?"),
    Break(f"{THEMES}plain/site.css", '"./look.css" layer(components)', '"./look.css"', "layer("),
]
