import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storedContent, storedPage, storePage } from '../../../../channels/email/resend/template-payload.ts'
import type { Attempt } from '../../../../src/channel.ts'
import type { Outcome } from '../../../../src/domain/delivery.ts'
import { testClock, type TestClock } from '../../../fixtures/clock.ts'
import { type FakeResend, faults, startFakeResend } from '../../../fakes/resend.ts'
import { createApi } from '../../../../src/world/api.ts'
import { listen } from '../doctor-support.ts'
import { attemptOf, entries, frozen, link, mailContent, never, openSender } from './support.ts'

let fake: FakeResend
let clock: TestClock
beforeEach(async () => {
  clock = testClock()
  fake = await startFakeResend({ clock })
})
afterEach(() => fake.close())

function send(attempt: Attempt, changes: Record<string, unknown> = {}): Promise<Outcome[]> {
  return openSender(fake.url, { clock, payload: 'template', ...changes }).send(attempt, never)
}

describe('mails that name a stored page', () => {
  it.each([
    ['the usual', mailContent()],
    ['braces', mailContent({ html: `{${link}} {{{ {{a}} {b} {${link}{`, text: `{{{READER_LINK}}} {{{{{${link}}` })],
    ['names of our variables', mailContent({ text: 'READER_LINK BRACE {{{BRACE}}} {{{BRACE' })],
  ])('show the same as mails that carry it: %s', async (_what, content) => {
    const rendering = frozen(content)
    await send(attemptOf(entries(2), { rendering, key: 'stored' }))
    await openSender(fake.url, { clock }).send(attemptOf(entries(2), { rendering, key: 'inline' }), never)
    const [a, b, c, d] = fake.mails.map(({ body }) => ({ html: body?.html, text: body?.text, headers: body?.headers }))
    expect(a).toEqual({ ...c, headers: c?.headers })
    expect(b).toEqual(d)
    expect(a?.html).toContain(content.html.includes(link) ? '/unsubscribe/r00.' : 'READER')
  })

  it('are few bytes, the same on every replay and by whomever the page was stored', async () => {
    const content = mailContent({ html: `${'x'.repeat(60_000)}${link}` })
    const attempt = attemptOf(entries(100), { rendering: frozen(content) })
    await send(attempt)
    const body = fake.lastBody()
    expect(body.length).toBeLessThan(100_000)
    await send(attempt)
    expect(fake.lastBody().equals(body)).toBe(true)
    expect(fake.calls.map(({ replayed }) => replayed)).toEqual([false, true])
    expect(fake.templates.all.size).toBe(1)
    expect([...fake.accepted.values()].every((count) => count === 1)).toBe(true)
  })

  it('wait when the page cannot be stored, and nothing is sent', async () => {
    fake.change({ access: 'sending' })
    const outcomes = await send(attemptOf(entries(2)))
    expect(outcomes).toMatchObject([
      { kind: 'later', reason: expect.stringContaining('restricted_api_key') },
      { kind: 'later' },
    ])
    expect(fake.calls).toHaveLength(0)
  })

  it('wait when the answer has no end, and say nothing of the key when a header cannot carry it', async () => {
    const endless = createServer((_, response) => {
      const go = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', go)
      }
      go()
    })
    const baseUrl = `http://127.0.0.1:${await listen(endless)}`
    const sender = openSender(baseUrl, { clock, payload: 'template' })
    expect(await sender.send(attemptOf(entries(1)), never)).toMatchObject([{ kind: 'later' }])
    endless.closeAllConnections()
    endless.close()
    const account = { baseUrl: fake.url, apiKey: 're_SECRET\nx', timeoutSeconds: 5 }
    const ports = { clock, api: createApi({ userAgent: 'groundwire/test' }) }
    const failed = await storePage(account, ports, frozen(), mailContent(), never)
    expect(failed).toMatchObject({ kind: 'later', reason: expect.not.stringContaining('SECRET') })
  })

  it('wait when the provider cannot be reached', async () => {
    await fake.close()
    expect(await send(attemptOf(entries(1)))).toMatchObject([
      { kind: 'later', notBefore: new Date(clock.now().getTime() + 60_000) },
    ])
    fake = await startFakeResend()
  })

  it('go on where an earlier attempt was stopped: the page was made but not published', async () => {
    const rendering = frozen()
    const { html, text } = storedContent(mailContent())
    const variables = ['READER_LINK', 'READER_LINK_HTML'].map((key) => ({ key, type: 'string' }))
    const { id } = storedPage(rendering)
    fake.templates.answer('POST', '/templates', JSON.stringify({ name: id, alias: id, html, text, variables }))
    expect(await send(attemptOf(entries(1), { rendering }))).toMatchObject([{ kind: 'sent' }])
    expect(fake.templates.all.size).toBe(1)
  })

  it('store the page once for all attempts of a process, and try again after a failure', async () => {
    const sender = openSender(fake.url, { clock, payload: 'template' })
    fake.change({ access: 'sending' })
    expect(await sender.send(attemptOf(entries(1)), never)).toMatchObject([{ kind: 'later' }])
    fake.change({ access: 'full' })
    const [one, two] = await Promise.all(['a', 'b'].map((key) => sender.send(attemptOf(entries(1), { key }), never)))
    expect([one, two]).toMatchObject([[{ kind: 'sent' }], [{ kind: 'sent' }]])
    expect(fake.templates.all.size).toBe(1)
  })

  it('are stored anew when somebody took the page away, and nobody is given up for it', async () => {
    const sender = openSender(fake.url, { clock, payload: 'template' })
    expect(await sender.send(attemptOf(entries(2), { key: 'a' }), never)).toMatchObject([{ kind: 'sent' }, {}])
    fake.templates.all.clear()
    expect(await sender.send(attemptOf(entries(2), { key: 'b' }), never)).toMatchObject([
      { kind: 'later', reason: expect.stringContaining('not published') },
      { kind: 'later' },
    ])
    expect(fake.calls).toHaveLength(2)
    expect(await sender.send(attemptOf(entries(2), { key: 'b' }), never)).toMatchObject([{ kind: 'sent' }, {}])
  })

  it('are replayed like any other after a lost answer', async () => {
    fake.setFault(({ number }) => (number === 1 ? faults.acceptThenReset : undefined))
    const attempt = attemptOf(entries(3))
    expect((await send(attempt)).map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown'])
    expect((await send(attempt)).map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent'])
    expect([...fake.accepted.values()]).toEqual([1, 1, 1])
  })
})

it('names the stored page by what it shows', () => {
  expect(storedPage(frozen())).toEqual(storedPage(frozen()))
  expect(storedPage(frozen()).id).not.toBe(storedPage(frozen(mailContent({ text: 'other' }))).id)
})

it('leaves no brace of the page to be read as part of a variable', () => {
  const braces = `{${link}{{${link}{{{{x}}${link}a{`
  const { html, text, hasBraces } = storedContent(mailContent({ html: braces, text: braces }))
  for (const stored of [html, text]) {
    expect(stored).not.toMatch(/\{{4}/)
    expect(stored.match(/\{\{\{\w+\}\}\}/g)?.length).toBe(3 + 7)
  }
  expect(hasBraces).toBe(true)
  expect(storedContent(mailContent())).toMatchObject({ hasBraces: false })
})
