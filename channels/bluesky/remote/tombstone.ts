import type { ChannelPorts } from '../../../src/channel.ts'

const nameOf = (key: string, part: number): string => `bluesky gone ${key} ${part}`

/** Says for ever that a post was taken back. @returns since when, RFC 3339. */
export function bury({ clock, notes }: Pick<ChannelPorts, 'clock' | 'notes'>, key: string, part: number) {
  return notes.remember(nameOf(key, part), () => clock.now().toISOString())
}

/** Which of so many posts of a delivery were taken back. */
export async function buriedParts(
  { notes }: Pick<ChannelPorts, 'notes'>,
  key: string,
  parts: number,
): Promise<number[]> {
  const buried: number[] = []
  for (let part = 0; part < parts; part++) if ((await notes.recall(nameOf(key, part))) !== undefined) buried.push(part)
  return buried
}
