export type SourceKind = 'llms-full' | 'feed' | 'markdown'

/** What a document is, told from its beginning. */
export function kindOf(head: string): Exclude<SourceKind, 'markdown'> | 'html' {
  const start = head.replace(/^\uFEFF/, '').trimStart()
  if (/^(?:<\?xml[^>]{0,500}>\s*|<!--[^]{0,800}?-->\s*)*<(?:!doctype\s+html|html)\b/i.test(start)) return 'html'
  return /^(?:<\?xml|<!--|<rss\b|<feed\b|<rdf:|\{)/i.test(start) ? 'feed' : 'llms-full'
}
