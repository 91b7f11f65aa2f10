import { describe, expect, it } from 'vitest'
import { maskAddresses, withoutAddresses } from '../../src/domain/redact.ts'

/** Each names `jane` or `doe` at `corp.example`, as somebody might who did not mean it to be found. */
const HOSTILE = [
  'jane.doe@corp.example',
  '<jane.doe@corp.example>:',
  'jane.doe%40corp.example',
  'jane.doe%2540corp.example',
  'https://x.example/?p=jane.doe%40corp.example&q=1',
  'jane.doe&#64;corp.example',
  'jane.doe&#064;corp.example',
  'jane.doe&#x40;corp.example',
  'jane.doe&commat;corp.example',
  'jane.doe\\u0040corp.example',
  'jane.doe＠corp.example',
  'jane.doe﹫corp.example',
  'ｊane．doe＠corp．example',
  '"jane doe"@corp.example',
  '"jane \\" doe"@corp.example',
  '"jane, <doe>"@corp.example',
  '"jane doe"%40corp.example',
  '%22jane%20doe%22%40corp.example',
  'jane.doe@[192.0.2.1]',
  'jane.doe+corp@xn--bcher-kva.example',
]

describe('what somebody else wrote', () => {
  it.each(HOSTILE)('is told without the address: %s', (text) => {
    expect(withoutAddresses(`550 5.1.1 ${text} no such user`)).not.toMatch(/jane|doe|corp|ｊ|192/)
    expect(withoutAddresses(`550 5.1.1 ${text} no such user`)).toMatch(/^550 5\.1\.1 .* no such user$/)
  })

  it.each(['jane.doe @ corp.example', 'jane.doe @corp.example', '"jane doe" %40 corp.example'])(
    'may not have spaces around the @ either: %s',
    (text) => {
      expect(withoutAddresses(`no ${text} here`)).toBe('no … here')
    },
  )

  it('keeps a quoted name from hiding behind other quotes', () => {
    expect(withoutAddresses('a 5" disk, "jane doe"@corp.example')).not.toMatch(/jane|doe/)
  })

  it('is left alone where it names nobody', () => {
    const text = '552 5.2.2 "mailbox" full, 40 % over; see https://help.example/x?y=40'
    expect(withoutAddresses(text)).toBe(text)
  })
})

describe('what we write', () => {
  it.each(HOSTILE)('masks the address: %s', (text) => {
    expect(maskAddresses(`sent to ${text} at 06:30`)).not.toMatch(/ane|doe/)
    expect(maskAddresses(`sent to ${text} at 06:30`)).toMatch(/^sent to .* at 06:30$/)
  })

  it('is left alone where it names nobody', () => {
    const text = '8 items from https://example.com/@ada at 06:30, 100 % @ home, ½ … 「本」、100%'
    expect(maskAddresses(text)).toBe(text)
  })

  it.each([
    'Put <meta name="fediverse:creator" content="@news@mastodon.example"> on each page.',
    'It is @news@mastodon.example.',
    '"@news@mastodon.example"',
  ])('is left alone where it names an account as such: %s', (text) => {
    expect(maskAddresses(text)).toBe(text)
  })

  it('names accounts that it is told of, in whatever case, and nobody else there', () => {
    expect(maskAddresses('News@Mastodon.example, jane@mastodon.example', new Set(['news@mastodon.example']))).toBe(
      'News@Mastodon.example, j…@mastodon.example',
    )
  })
})

it.each(['a', 'a@', '"', '"\\"', '"a', '%22', '%40', '@', '"a"', 'a%', '"a"b', '"a"@a', '@a@', '"@a@'])(
  'takes no more than linear time over %s and so on',
  (piece) => {
    const long = piece.repeat(100_000)
    const started = performance.now()
    withoutAddresses(long)
    maskAddresses(long)
    expect(performance.now() - started).toBeLessThan(2000)
  },
)
