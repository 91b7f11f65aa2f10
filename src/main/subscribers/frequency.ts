import { schedules } from '../../../schedules/index.ts'
import { shownWord } from '../shown.ts'

const known = schedules.filter(({ kind }) => kind === 'digest').map(({ id }) => id)

/** What is wrong with what somebody is said to have asked for; undefined when nothing is. */
export function frequencyFlaw(frequency: string): string | undefined {
  return known.includes(frequency)
    ? undefined
    : `there is no schedule “${shownWord(frequency)}” to ask for; there is ${known.join(', ')}`
}
