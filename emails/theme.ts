/**
 * The one set of tokens for mail, reader pages, the desk and the outbox pages: a morning paper made by people who
 * check. `accent` is for nothing but "checked against the source". All text pairs reach 4.5:1 (WCAG 2.2, 1.4.3).
 */
export const light = {
  paper: '#fbf8f2',
  ink: '#1c1a17',
  quiet: '#5f574b',
  rule: '#ddd5c5',
  accent: '#17694a',
} as const

export const dark: { readonly [Token in keyof typeof light]: string } = {
  paper: '#1a1815',
  ink: '#ece6da',
  quiet: '#b3a998',
  rule: '#3d372e',
  accent: '#7fcaa6',
}

export const font = {
  serif: "Georgia, 'Iowan Old Style', 'Palatino Linotype', 'Times New Roman', serif",
  sans: "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  mono: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
} as const

function variables(tokens: { readonly [Token in keyof typeof light]: string }): string {
  return Object.entries(tokens)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')
}

/** The tokens as custom properties (`--paper` … `--accent`, `--serif`, `--sans`, `--mono`), light and dark, and a page that uses them. */
export const pageCss = `:root{color-scheme:light dark;${variables(light)};--serif:${font.serif};--sans:${font.sans};--mono:${font.mono}}
@media (prefers-color-scheme: dark){:root{${variables(dark)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);-webkit-text-size-adjust:100%}
h1,h2,h3{font-family:var(--serif);font-weight:700;line-height:1.2;text-wrap:balance}
a{color:inherit;text-underline-offset:.18em;text-decoration-color:var(--quiet)}
a:focus-visible{outline:2px solid var(--ink);outline-offset:2px}`
