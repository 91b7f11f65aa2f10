import { pageCss } from '../../emails/theme.ts'
import { sha256 } from '../domain/hash.ts'

/** The one style sheet of all pages: the tokens of the house, then type, then the desk. */
export const css = `${pageCss}
html{scroll-padding-top:1.5rem}
body{overflow-wrap:anywhere}
.page{max-width:77rem;margin-inline:auto;padding:1.75rem clamp(1rem,5vw,3.5rem) 6rem}
h1,h2,h3,h4,p,ul,ol,figure,fieldset,table,pre{margin:0;padding:0}
ul,ol{list-style:none}
h1{font-size:clamp(2.1rem,1.4rem + 3vw,3.4rem);font-weight:400;letter-spacing:-.015em;line-height:1.1}
h2{font-size:2rem;font-weight:400;letter-spacing:-.01em}
h3{font-size:1.25rem;line-height:1.3}
a:hover{text-decoration-color:currentColor}
.page.reader{max-width:47rem}
.measure{max-width:40rem}
.quiet,.quiet a{color:var(--quiet)}
.small{font-size:.875rem;line-height:1.5}
.figures{font-variant-numeric:tabular-nums}
.line>*+*::before{content:'·';margin-inline:.5em;color:var(--quiet);text-decoration:none;display:inline-block}
.skip{position:absolute;left:-99rem;background:var(--paper);padding:.75rem 1rem}
.skip:focus{left:0;top:0;z-index:1}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--ink);outline-offset:3px}
button{font:inherit;font-weight:600;padding:.7rem 1.6rem;border:1px solid var(--ink);border-radius:0;background:var(--ink);color:var(--paper);cursor:pointer}
button:hover{background:none;color:var(--ink)}
button:disabled{background:none;color:var(--quiet);border-color:var(--rule);cursor:default}
.act{margin-block:1.75rem}
.whole{display:inline-block;max-width:100%}
code,pre{font-family:var(--mono);font-size:.875em}

.nameplate{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1.5rem;padding-bottom:.6rem;border-bottom:3px double var(--rule);font-family:var(--serif);font-size:1.125rem}
.nameplate a{text-decoration:none}
.nameplate a:hover{text-decoration:underline}
.nameplate .quiet{font-style:italic}
.head{padding-block:clamp(2rem,6vw,4rem) 1.5rem;display:grid;gap:.9rem}
.state{font-size:1.125rem;text-wrap:pretty}
.state b{font-family:var(--serif)}
.jump{padding-top:.4rem}
section{margin-top:clamp(3rem,7vw,5rem);padding-top:1.1rem;border-top:1px solid var(--rule)}
section>h2{margin-bottom:.4rem}
section>h2+.quiet{margin-bottom:1.5rem}
section>.findings{margin-block:1.25rem;max-width:40rem}

.findings{display:grid;gap:1rem}
.finding{padding-left:.9rem;border-left:1px solid var(--rule);font-size:.9375rem;line-height:1.5}
.finding.warning{border-left:1px solid var(--ink)}
.finding.error{border-left:4px solid var(--ink);padding-left:calc(.9rem - 3px)}
.finding.note,.finding .advice{color:var(--quiet)}
.finding:target{outline:2px solid var(--ink);outline-offset:.5rem}
.finding .advice{display:block}
.of-edition{padding-top:1rem}
summary{cursor:pointer}
.index{max-width:40rem;padding-top:.75rem;display:grid;gap:.4rem}

.item{display:grid;gap:1.25rem 4rem;padding-block:1.75rem}
.item+.item{border-top:1px solid var(--rule)}
.item .text{display:grid;align-content:start;gap:.6rem;max-width:40rem}
.item :is(h2,h3){font-weight:700;font-size:clamp(1.25rem,1.1rem + .6vw,1.5rem);letter-spacing:0;line-height:1.3}
.item :is(h2,h3) a{text-decoration:none}
.item :is(h2,h3) a:hover{text-decoration:underline}
.item.brief h3{font-size:1.125rem}
.group{margin-top:2.25rem;font-family:var(--serif);font-style:italic;font-weight:400;font-size:1.125rem;color:var(--quiet)}
.source{color:var(--accent);font-size:.9375rem;font-variant:small-caps tabular-nums;letter-spacing:.02em}
.source a{color:inherit;text-decoration-color:currentColor}
.unsourced{font-size:.9375rem;font-weight:600}
@media (min-width:60rem){.page:not(.reader) .item{grid-template-columns:minmax(0,40rem) minmax(14rem,1fr)}.item>.findings{align-content:start;padding-top:.4rem}}

iframe{display:block;border:1px solid var(--rule);background:var(--paper)}
.inbox{display:grid;grid-template-columns:minmax(0,1fr);gap:2rem;padding-block:1.5rem 2.5rem}
.inbox figcaption,.mail figcaption{padding-bottom:.5rem}
.row{border-block:1px solid var(--rule);padding:.75rem .25rem;line-height:1.4}
.row .cut{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.row.narrow{max-width:23.4rem;font-size:.9375rem}
.row .first{display:flex;justify-content:space-between;gap:1rem}
.row.wide{display:grid;grid-template-columns:minmax(0,11rem) minmax(0,1fr) auto;gap:1.5rem;min-width:42rem;font-size:.9375rem}
.tabs{border:0;min-width:0}
.tabs input{position:absolute;opacity:0}
.tabs label{display:inline-block;margin:0 1.25rem 1.25rem 0;padding:.35rem 0;cursor:pointer;color:var(--quiet);border-bottom:2px solid transparent}
.tabs label:hover{color:var(--ink)}
.tabs input:checked+label{color:var(--ink);border-color:var(--ink)}
.tabs input:focus-visible+label{outline:2px solid var(--ink);outline-offset:3px}
.panel{display:none}
.tabs .pick-light:checked~.panel.light,.tabs .pick-dark:checked~.panel.dark{display:flex;flex-wrap:wrap;gap:2rem}
.tabs .pick-text:checked~.panel.text{display:block}
.panel figure{max-width:100%;min-width:0}
.phone iframe{box-sizing:content-box;width:375px;height:46rem;resize:vertical}
.scroll{overflow-x:auto}
.desktop iframe{box-sizing:content-box;width:680px;height:46rem;resize:vertical}
@media (max-width:29rem){.phone iframe{box-sizing:border-box;width:100vw;margin-inline:calc(-1*clamp(1rem,5vw,3.5rem));border-inline:0}}
.plain{max-width:46rem;max-height:46rem;overflow:auto;padding-block:1rem;border-block:1px solid var(--rule);white-space:pre-wrap;line-height:1.55}

.posts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:.6rem 2rem;padding-top:1.5rem}
.post{display:grid;grid-row:span 4;grid-template-rows:subgrid;grid-template-columns:minmax(0,1fr);margin-bottom:2rem}
.post .findings{grid-row:4}
.post h3{font-size:1rem;line-height:1.35}
.post iframe{width:calc(100% + 2rem);height:50rem;margin-inline:-1rem;border:0;resize:vertical}
@media (min-width:60rem){.post iframe{height:47rem}}
@media (max-width:22rem){.post iframe{height:55rem}}
.measures{display:flex;flex-wrap:wrap;gap:0 1.1rem}
.measures>*{white-space:nowrap}
.over{font-weight:600}
.document{padding-block:1rem;border-top:1px solid var(--rule)}
.document>summary h3{display:inline}
.document h3{font-size:1.125rem}
.document iframe{width:100%;max-width:48rem;height:40rem;resize:vertical;margin-top:.75rem}
.document .findings,.document p{margin-top:.75rem}
.documents{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:.8rem 2rem;margin-top:.75rem}
.documents li{min-width:0;overflow-wrap:anywhere}
.documents .measures>*{white-space:normal}

table{border-collapse:collapse}
th,td{padding:.6rem 2.5rem .6rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
th{font-weight:600;overflow-wrap:normal}
thead th{font-weight:400;color:var(--quiet);font-size:.875rem}
td:last-child,th:last-child{padding-right:0}
.editions li{padding-block:1.1rem;border-top:1px solid var(--rule);display:grid;gap:.2rem}
.editions a{font-family:var(--serif);font-size:1.25rem;line-height:1.3;text-decoration:none}
.editions a:hover{text-decoration:underline}
footer{margin-top:clamp(3rem,7vw,5rem);padding-top:1rem;border-top:3px double var(--rule)}`

/** The source expression that lets exactly this style sheet, and no other, apply (CSP 3, 2.3.1). */
export const cssSource = `'sha256-${Buffer.from(sha256(css), 'hex').toString('base64')}'`
