/** What differs from reader to reader. */
export type Slot = 'unsubscribe'
export type Slots<Value = string> = Readonly<Record<Slot, Value>>

/**
 * A text cut once at its placeholders: `parts[0] slots[0] parts[1] slots[1] … parts[n]`.
 *
 * All readers share the parts, so filling is one concatenation for each reader, and a transport that writes bytes may
 * encode every part once, keep the buffers, and encode only the values.
 */
export interface Template {
  readonly parts: readonly string[]
  readonly slots: readonly Slot[]
}

/**
 * The word that stands for a slot until the reader is known. `digest` is a hash over everything the mail is made of,
 * so that no text inside the mail can contain the word: it would have to contain its own hash.
 */
export function placeholder(slot: Slot, digest: string): string {
  return `slot-${slot}-${digest}`
}

/** Cuts a text at the placeholders of its slots. Linear in the text. */
export function splitTemplate(text: string, placeholders: Slots): Template {
  const { unsubscribe } = placeholders
  const parts = text.split(unsubscribe)
  return { parts, slots: Array.from({ length: parts.length - 1 }, () => 'unsubscribe' as const) }
}

/** Values are put in as they are: what goes into HTML must be escaped before (`escapeHtml`). */
export function fillTemplate(template: Template, values: Slots): string {
  let filled = template.parts[0] ?? ''
  for (const [index, slot] of template.slots.entries()) filled += values[slot] + (template.parts[index + 1] ?? '')
  return filled
}
