import { pageCss } from '../../emails/theme.ts'

/**
 * `feeds/feed.css`: how a browser shows RSS and Atom to whoever follows a link to them. Names are those without prefix.
 * What is not named below stays hidden: it is for programs, as are the many sources of an edition, which its text names.
 * Style sheets cannot make links, nor text that can be copied, nor tell a phone how wide a page is: it takes 980 pixels
 * and shrinks them, hence the last rule.
 */
export const feedCss = `${pageCss}
:root{display:block;max-width:46rem;margin-inline:auto;padding:1.75rem clamp(1rem,5vw,3rem) 5rem;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
:root::before{content:"This is a feed. To follow it, copy the address of this page into a feed reader. The page /feeds of this site explains it, and lists all feeds.";display:block;margin-bottom:2.5rem;padding-bottom:.75rem;border-bottom:3px double var(--rule);color:var(--quiet);font-size:.875rem;text-wrap:pretty}
channel{display:block}
channel>*,item>*,feed>*,entry>*{display:none}
channel>title,feed>title{display:block;font:400 clamp(1.75rem,1.3rem + 2vw,2.5rem)/1.15 var(--serif);text-wrap:balance}
channel>description,feed>subtitle{display:block;margin-block:.75rem 2.5rem;color:var(--quiet);text-wrap:pretty}
channel>item,feed>entry{display:flex;flex-direction:column;gap:.5rem;padding-block:1.5rem;border-top:1px solid var(--rule)}
item>title,entry>title{display:block;order:1;font:700 1.25rem/1.3 var(--serif);text-wrap:balance}
item>pubDate,entry>published{display:block;order:2;color:var(--quiet);font-size:.875rem;font-variant-numeric:tabular-nums}
item>description:not(:empty),entry>summary{display:block;order:3;text-wrap:pretty}
title,description,subtitle,summary{unicode-bidi:plaintext}
item:has(>category[domain$="#section"])>link[rel="via"],entry:has(>link[rel="related"])>link[rel="via"]{display:block;order:4;color:var(--accent);font-size:.875rem}
link[rel="via"]~link[rel="via"]{margin-top:-.3rem}
link[rel="via"]::before{content:"Source: " attr(href)}
@media (max-device-width:600px) and (min-width:900px){:root{font-size:40px}}
`
