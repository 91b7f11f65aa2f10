import type { Channel } from '../channel.ts'
import type { Rendering } from '../domain/rendering.ts'
import { OUTBOX } from './outbox-sender.ts'
import type { PostSettings } from './post-settings.ts'
import { postTimes } from './timing.ts'

/** What all channels with posts have in common: one delivery a post, and everything real only where there is an account. */
export function postChannel<Settings extends PostSettings & { readonly pictures: boolean }>(
  accountsOf: (settings: Settings) => readonly { readonly name: string }[],
  accountOf: (rendering: Rendering) => string,
) {
  const isReal = (settings: Settings): boolean => accountsOf(settings).length > 0
  return {
    audience: 'once',
    document: false,
    perAttempt: () => 1,
    disturbs: isReal,
    wantsPictures: (settings) => settings.pictures && isReal(settings),
    times(settings, renderings, from, zone) {
      if (!isReal(settings)) return []
      // Every account has a sequence of its own.
      const byAccount = Map.groupBy(renderings, accountOf)
      const left = new Map([...byAccount].map(([name, own]) => [name, postTimes(own.length, settings, from, zone)]))
      return renderings.map((rendering) => left.get(accountOf(rendering))?.shift())
    },
  } satisfies Partial<Channel<Settings>>
}

/** Whose a post is, by what was frozen of it; what an earlier version froze could only be for the outbox. */
export function accountIn(content: { readonly account: string } | undefined): string {
  return content?.account ?? OUTBOX
}
