const TAGS = (
  'a b p div span i em table tbody tr td th caption ul li dl dt dd h1 h2 blockquote pre code img br hr figure time del ' +
  'svg math style script title noscript template mtext mglyph malignmark mi annotation-xml foreignObject desc select ' +
  'option textarea xmp plaintext iframe noembed noframes form input button object embed base meta link body html head ' +
  'frameset marquee details video audio source picture think a:b image isindex keygen font nobr'
).split(' ')

const ADDRESSES = [
  'https://a.example/?a=1&b=2',
  '/x',
  '#x',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java&#9;script:alert(1)',
  'java\nscript:alert(1)',
  '&#1;javascript:alert(1)',
  'javascript&colon;alert(1)',
  '&#x6A;avascript:alert(1)',
  ' \u0001javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'data:image/svg+xml;base64,AA==',
  'vbscript:x',
  'blob:https://a.example/x',
  'file:///etc/passwd',
  '//evil.example/x',
  '\\\\evil.example\\x',
  'https://user:word@evil.example/"onload=alert(1)',
  'http:javascript:alert(1)',
]

const ATTRIBUTES = (
  'href src srcset xlink:href action formaction background poster data cite longdesc ping style class id name onerror ' +
  'onload onclick onmouseover onfocus autofocus srcdoc title alt dir lang width colspan datetime is slot contenteditable'
).split(' ')

const TEXTS = [
  'words',
  ' ',
  '\n\n',
  '&lt;img src=x onerror=alert(1)&gt;',
  '&amp;lt;script&amp;gt;',
  '&#0;&#x110000;&nbsp;&foo;&',
  '<!-- ',
  ' -->',
  '--!>',
  '<!-->',
  '<![CDATA[',
  ']]>',
  '<?x ?>',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '</',
  '<',
  '<a ',
  '"',
  "'",
  '>',
  '`',
  '</title></style></textarea></noscript></template></svg></math></select><img src=x onerror=alert(1)>',
  '<img src="x` `<script>alert(1)</script>"` `>',
  '\0',
  '\u2028\u202E\uD800',
  '>\u0338',
  '**b** [l](javascript:alert(1)) ![i](data:x)',
  '```\n',
  '\n> - 1. # ',
  '[x]: javascript:alert(1)\n\n[x]',
  '<javascript:alert(1)>',
  '| a | b |\n|---|---|\n| c |',
]

/** Pieces of markup that have got past a sanitiser, a parser or a reader, one after the other, as chance will have it. */
export function hostileHtml(random: () => number): string {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? ''
  const quote = (): string => pick(['"', '"', "'", ''])
  const attribute = (): string => {
    const mark = quote()
    return `${pick([' ', ' ', '/', '\n'])}${pick(ATTRIBUTES)}=${mark}${pick(random() < 0.7 ? ADDRESSES : TEXTS)}${mark}`
  }
  const piece = (): string => {
    const chance = random()
    if (chance < 0.3) return pick(TEXTS)
    if (chance < 0.5) return `</${pick(TAGS)}>`
    const attributes = Array.from({ length: Math.floor(random() * 4) }, attribute).join('')
    return `<${pick(TAGS)}${attributes}${pick(['>', '>', '>', '/>', ''])}${random() < 0.3 ? 'x' : ''}`
  }
  return Array.from({ length: 3 + Math.floor(random() * 40) }, piece).join('')
}
