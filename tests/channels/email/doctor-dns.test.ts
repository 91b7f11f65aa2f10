import { describe, expect, it } from 'vitest'
import { diagnoseDkim } from '../../../channels/email/doctor/dkim.ts'
import { diagnoseDmarc } from '../../../channels/email/doctor/dmarc.ts'
import { readRecords } from '../../../channels/email/doctor/records.ts'
import { diagnoseSenderDomain, type SenderDomain } from '../../../channels/email/doctor/sender-domain.ts'
import { diagnoseSpf } from '../../../channels/email/doctor/spf.ts'
import { dkimRecord, said, scriptedDns, type Zone } from './doctor-support.ts'

async function spf(txt: NonNullable<Zone['txt']>, provider?: string) {
  return diagnoseSpf(readRecords(scriptedDns({ txt })), 'a.example', provider)
}

describe('SPF', () => {
  it.each<[string, readonly string[], string[]]>([
    ['one sound record', ['v=spf1 ip4:192.0.2.1 -all', 'google-site-verification=x'], ['note spf-ok']],
    ['none', ['v=spf10 -all', 'v=DMARC1'], ['error spf-missing']],
    ['two', ['v=spf1 -all', 'V=SPF1 ~all'], ['error spf-several']],
    ['+all', ['v=spf1 mx +all'], ['error spf-open']],
    ['all without a qualifier, which is +all', ['v=spf1 all'], ['error spf-open']],
    ['?all', ['v=spf1 a ?all'], ['warning spf-neutral']],
    ['no all', ['v=spf1 a mx'], ['warning spf-neutral']],
    ['nothing but the version', ['v=spf1'], ['warning spf-neutral']],
    ['a misspelt word', ['v=spf1 ipv4:192.0.2.1 -all'], ['error spf-syntax']],
    ['an include without a name', ['v=spf1 include: -all'], ['error spf-syntax']],
    ['ptr', ['v=spf1 ptr -all'], ['warning spf-ptr']],
    ['a macro, which nobody can follow', ['v=spf1 include:%{i}._spf.example -all'], ['note spf-ok']],
    ['an unknown modifier, which is allowed', ['v=spf1 ra=postmaster -all'], ['note spf-ok']],
    ['an include of nothing', ['v=spf1 include:gone.example -all'], ['error spf-include']],
    ['an include of itself', ['v=spf1 include:A.example -all'], ['error spf-ring']],
  ])('of a domain with %s', async (_, records, expected) => {
    expect(said(await spf({ 'a.example': records }))).toEqual(expected)
  })

  it.each([
    [10, 'note spf-ok'],
    [11, 'error spf-lookups'],
  ])('counts %i lookups through includes and redirects', async (lookups, expected) => {
    // One for each include and the redirect, the rest in the innermost record.
    const inner = Array.from({ length: lookups - 3 }, (_, at) => `a:host${at}.example`).join(' ')
    const findings = await spf({
      'a.example': ['v=spf1 include:b.example redirect=d.example'],
      'b.example': ['v=spf1 include:c.example ?all'],
      'c.example': [`v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 ${inner} -all`],
      'd.example': ['v=spf1 -all'],
    })
    expect(said(findings)).toEqual([expected])
    expect(findings[0]?.message).toContain(lookups === 10 ? '10 of 10' : '11 lookups')
  })

  it('ignores a redirect beside all, as receivers do', async () => {
    expect(said(await spf({ 'a.example': ['v=spf1 redirect=gone.example -all'] }))).toEqual(['note spf-ok'])
  })

  it('ends with a tree that has no end', async () => {
    const txt = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [
        at === 0 ? 'a.example' : `l${at}.example`,
        [`v=spf1 ${`include:l${at + 1}.example `.repeat(8)}-all`],
      ]),
    )
    const dns = scriptedDns({ txt })
    const findings = await diagnoseSpf(readRecords(dns), 'a.example', undefined)
    expect(said(findings)).toContain('error spf-lookups')
    expect(dns.asked.length).toBeLessThan(30)
  })

  it('asks for the provider, also where it is nested', async () => {
    const nested = {
      'a.example': ['v=spf1 include:b.example ~all'],
      'b.example': ['v=spf1 include:amazonses.com ~all'],
    }
    const leaf = { 'amazonses.com': ['v=spf1 ip4:192.0.2.0/24 -all'] }
    expect(said(await spf({ ...nested, ...leaf }, 'amazonses.com'))).toEqual(['note spf-ok'])
    const [missing] = await spf({ 'a.example': ['v=spf1 mx -all'] }, 'amazonses.com')
    expect(missing).toMatchObject({ severity: 'error', code: 'spf-provider' })
    expect(missing?.advice).toBe('Publish at a.example: TXT "v=spf1 include:amazonses.com ~all"')
  })
})

describe('DKIM', () => {
  const name = 's._domainkey.a.example'
  it.each<[string, readonly string[], string]>([
    ['2048 bits', [dkimRecord(2048)], 'note dkim-ok'],
    ['1024 bits', [dkimRecord(1024)], 'note dkim-ok'],
    ['512 bits', [dkimRecord(512)], 'error dkim-weak'],
    ['folded white space', [dkimRecord(1024).replace(/(.{40})/g, '$1 ')], 'note dkim-ok'],
    ['a test flag', [`${dkimRecord(1024)}; t=s:y`], 'warning dkim-testing'],
    ['Ed25519', ['k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='], 'warning dkim-ed25519'],
    ['a revoked key', ['v=DKIM1; p='], 'error dkim-revoked'],
    ['rubbish for a key', ['v=DKIM1; p=AAAA'], 'error dkim-syntax'],
    ['another version', [dkimRecord(1024).replace('DKIM1', 'DKIM2')], 'error dkim-syntax'],
    ['another kind', ['k=dsa; p=AAAA'], 'error dkim-syntax'],
    ['two keys', [dkimRecord(1024), dkimRecord(1024)], 'error dkim-several'],
    ['text that is no key', ['hello'], 'error dkim-missing'],
    ['nothing', [], 'error dkim-missing'],
  ])('with %s', async (_, records, expected) => {
    const { findings, usable } = await diagnoseDkim(
      readRecords(scriptedDns({ txt: { [name]: records } })),
      name,
      'there',
    )
    expect(said(findings)).toEqual([expected])
    expect(usable).toBe(!expected.startsWith('error'))
  })

  it('says the length of the key', async () => {
    const dns = scriptedDns({ txt: { [name]: [dkimRecord(1536)] } })
    const { findings } = await diagnoseDkim(readRecords(dns), name, 'there')
    expect(findings[0]?.message).toContain('1536 bits')
  })
})

describe('DMARC', () => {
  const both = { from: 'news.a.example', dkim: 'news.a.example', envelope: 'send.news.a.example' }
  const reporting = 'rua=mailto:x@a.example'
  const check = async (txt: NonNullable<Zone['txt']>, identities: Parameters<typeof diagnoseDmarc>[1] = both) =>
    said(await diagnoseDmarc(readRecords(scriptedDns({ txt })), identities))
  const at = (record: string, more: readonly string[] = []) => ({ '_dmarc.news.a.example': [record, ...more] })

  it('takes p=none for enough', async () => {
    expect(await check(at(`v=DMARC1; p=none; ${reporting}`))).toEqual(['note dmarc-ok', 'note dmarc-aligned'])
  })

  it.each<[string, NonNullable<Zone['txt']>, string]>([
    ['no record', { '_dmarc.news.a.example': ['v=spf1 -all'] }, 'error dmarc-missing'],
    ['two records', at('v=DMARC1; p=none', ['v=DMARC1; p=reject']), 'error dmarc-several'],
    ['no policy', at('v=DMARC1; rua=mailto:x@a.example'), 'error dmarc-policy'],
    ['an unknown policy', at('v=DMARC1; p=maybe'), 'error dmarc-policy'],
    ['no reports', at('v=DMARC1; p=reject'), 'warning dmarc-reports'],
  ])('of a domain with %s', async (_, txt, expected) => {
    expect(await check(txt)).toContain(expected)
  })

  it('falls back to the domain above and to what it says of those below', async () => {
    expect(await check({ '_dmarc.a.example': [`v=DMARC1; p=none; ${reporting}`] })).toContain('note dmarc-ok')
    const dns = scriptedDns({ txt: { '_dmarc.a.example': [`v=DMARC1; p=none; sp=reject; ${reporting}`] } })
    const [policy] = await diagnoseDmarc(readRecords(dns), both)
    expect(policy?.message).toContain('_dmarc.a.example says reject')
    expect(dns.asked).toEqual(['_dmarc.news.a.example', '_dmarc.a.example'])
  })

  it('does not take a registry for the owner', async () => {
    expect(await check({ '_dmarc.a.example': ['v=DMARC1; p=reject; psd=y'] })).toEqual(['error dmarc-missing'])
  })

  it.each<[string, string, Partial<typeof both>, string]>([
    ['DKIM of the same domain, strict', 'adkim=s', {}, 'note dmarc-aligned'],
    ['DKIM of the domain above', '', { dkim: 'a.example' }, 'note dmarc-aligned'],
    ['strict DKIM of the domain above', 'adkim=s', { dkim: 'a.example' }, 'warning dmarc-spf-only'],
    ['strict both, neither the same', 'adkim=s; aspf=s', { dkim: 'a.example' }, 'error dmarc-unaligned'],
    ['DKIM of a stranger, SPF below', '', { dkim: 'mailer.example' }, 'warning dmarc-spf-only'],
    ['strangers alone', '', { dkim: 'mailer.example', envelope: 'b.mailer.example' }, 'error dmarc-unaligned'],
    [
      'a stranger whose name ends alike',
      '',
      { dkim: 'evilnews.a.example', envelope: 'x.example' },
      'error dmarc-unaligned',
    ],
  ])('looks at %s', async (_, tags, identities, expected) => {
    const found = await check(at(`v=DMARC1; p=none; ${reporting}; ${tags}`), { ...both, ...identities })
    expect(found.at(-1)).toBe(expected)
  })
})

describe('a sender domain', () => {
  const sender: SenderDomain = {
    from: 'a.example',
    replyTo: 'a.example',
    envelope: 'send.a.example',
    dkimKeys: ['resend._domainkey.a.example'],
    spfInclude: undefined,
    bounceHost: 'feedback-smtp.eu-west-1.amazonses.com',
    keySource: 'there',
  }
  const zone: Zone = {
    txt: {
      'send.a.example': ['v=spf1 ip4:192.0.2.1 -all'],
      'resend._domainkey.a.example': [dkimRecord(1024)],
      '_dmarc.a.example': ['v=DMARC1; p=none; rua=mailto:x@a.example'],
    },
    mx: { 'a.example': ['mx.a.example'], 'send.a.example': ['feedback-smtp.eu-west-1.amazonses.com'] },
  }

  it('with all its records is well', async () => {
    const findings = await diagnoseSenderDomain(scriptedDns(zone), sender)
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['note']))
    expect(said(findings)).toEqual(['note spf-ok', 'note dkim-ok', 'note dmarc-ok', 'note dmarc-aligned', 'note mx-ok'])
  })

  it('says which record bounces are missing', async () => {
    const findings = await diagnoseSenderDomain(scriptedDns({ ...zone, mx: { 'a.example': ['mx.a.example'] } }), sender)
    expect(findings.find(({ code }) => code === 'mx-bounces')?.advice).toBe(
      'Publish at send.a.example: MX 10 feedback-smtp.eu-west-1.amazonses.com',
    )
  })

  it('tells a domain that takes no mail from one that says nothing', async () => {
    const mx = (hosts: readonly string[]) => ({ ...zone, mx: { ...zone.mx, 'a.example': hosts } })
    expect(said(await diagnoseSenderDomain(scriptedDns(mx([''])), sender))).toContain('error mx-null')
    expect(said(await diagnoseSenderDomain(scriptedDns(mx([])), sender))).toContain('warning mx-missing')
  })

  it('does not call missing what nobody answered for', async () => {
    const broken = ['send.a.example', 'resend._domainkey.a.example', '_dmarc.a.example']
    const findings = await diagnoseSenderDomain(scriptedDns({ ...zone, broken }), sender)
    expect(said(findings)).toEqual(['note mx-ok', 'warning dns-unanswered'])
    for (const name of broken) expect(findings.at(-1)?.message).toContain(name)
  })

  it.each(['localhost', 'printer.local', '192.0.2.1', 'x.invalid'])('is not asked for when it is %s', async (from) => {
    const dns = scriptedDns(zone)
    expect(said(await diagnoseSenderDomain(dns, { ...sender, from }))).toEqual(['error from-domain'])
    expect(dns.asked).toEqual([])
  })

  it('lets no record of a stranger break a line', async () => {
    const txt = { ...zone.txt, 'send.a.example': [`v=spf1 \u001B[31m\nwrong${'x'.repeat(5000)} -all`] }
    for (const { message } of await diagnoseSenderDomain(scriptedDns({ ...zone, txt }), sender)) {
      expect(message).not.toMatch(/\p{Cc}/u)
      expect(message.length).toBeLessThan(400)
    }
  })
})
