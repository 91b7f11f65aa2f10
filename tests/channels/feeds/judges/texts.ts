function range(first: number, last: number): string {
  return String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, index) => first + index))
}

/** One kind of text each that has broken a feed, a reader or a browser. */
export const texts: Readonly<Record<string, string>> = {
  'control characters': `a${range(0, 31)}b${range(127, 159)}c`,
  'characters that are none': 'a\uFFFE\uFFFF\uFDD0\uFDEF\u{1FFFE}\u{10FFFF}\uFFFD\uFFFCb',
  'nothing but control characters': '\0\u001F\uFFFF',
  'nothing but white space': ' \t\n\u00A0\u2003\u3000 ',
  'lone surrogates': 'a\uD800b\uDC00c\uDBFF',
  'the end of a CDATA section, many times': ']]> ]]>]]> ]]]]>> ]]&gt; x',
  'a way out of a CDATA section': ']]></title><link>https://evil.example/</link><title><![CDATA[x]]>',
  'the beginning of a CDATA section': '<![CDATA[ x <b>y</b> <![CDATA[',
  comments: '<!-- a --> b <!-- -- --> c --> d <!-- e',
  'a document type and entities': '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]> &a; &c;',
  'processing instructions': '<?xml version="1.0"?><?xml-stylesheet href="x"?> <?php echo 1 ?> ?> <?import x',
  'entities that XML does not know':
    '&nbsp;&foo;&eacute;&#0;&#11;&#xFFFF;&#xD800;&#x110000;&#99999999999;&;&#;&amp;amp;&lt;b&gt;',
  'a bare ampersand and brackets': 'AT&T R&D a<b a>b 1 < 2 > 0 && <3 <> </> "q" \'q\'',
  'elements in prose': 'How to use <div>, <think> and <a:b> in <script>',
  script: '<script>alert(1)</script><SCRIPT SRC=//evil.example/x.js></SCRIPT><img src=x onerror=alert(1)> b',
  'style, frames and objects':
    '<style>*{display:none}</style><iframe src="//evil.example"></iframe><object data=x></object><embed src=x><link rel=stylesheet href=x><base href=x><meta http-equiv=refresh content=0> b',
  forms:
    '<form action=//evil.example><input name=a><button formaction="javascript:alert(1)">b</button><select><option>c</select></form>',
  'event handlers': '<p onclick=alert(1) ONLOAD="x" style="behavior:url(x)" class=x id=y>p</p><svg/onload=alert(1)>',
  'scripts as addresses':
    '[a](javascript:alert(1)) <a href="java&#9;script:alert(1)">b</a> <a href="&#1;javascript&colon;alert(1)">c</a> ![d](data:image/svg+xml,x) <a href=" vbscript:x">e</a> <a href="jav\nascript:x">f</a>',
  'pictures drawn in markup':
    '<svg><a xlink:href="javascript:alert(1)"><text>a</text></a><style><img src=x onerror=alert(1)></svg><math><mtext><table><mglyph><style><img src=x onerror=alert(1)></table></math> b',
  'elements nobody closes':
    '<b><i><p>a<div><table><tr><td>b<ul><li>c<blockquote>d<a href="https://a.example">e<a href="/f">f',
  'elements in the wrong order':
    '<b>a<p>b</b>c</p></div></p><li>d</li><td>e</td><tr>f</tr><h1>g<h2>h</h1></h2><dt>i</dt>',
  'elements where they may not stand':
    '<p>a<div>b</div>c</p><table>d<p>e</p><tr>f<td>g</table><ul>h<p>i</p></ul><a href="https://a.example"><a href="https://b.example">j</a></a><figcaption>k</figcaption>',
  'text that turns around': 'a\u202Eevil\u202C \u2066b\u2069 \u200Fc\u200E \u061C',
  'Arabic and Hebrew': 'خبر عاجل: נבדק היום (2026)',
  'joined emoji': '👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪 🗞️ e\u0301 \u1112\u1161\u11AB',
  'marks upon marks': `Z${'\u0338\u0341'.repeat(60)} >\u0338 <\u0338 &\u0338 "\u0338`,
  'line ends of every kind': 'a\r\nb\rc\u2028d\u2029e\u0085f\vg\fh',
  'names of media': 'https://evil.example/" onload="x" type="text/html',
  'Markdown of every kind':
    '# h\n> q\n- [ ] t\n1. n\n***\n| a | b |\n|---|---|\n| c | d |\n\n```js\n</script>\n```\n`<b>` ~~s~~ [^1] [x]: y <https://a.example> a@b.example',
}
