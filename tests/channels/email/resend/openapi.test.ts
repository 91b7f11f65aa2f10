import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as z from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storedContent } from '../../../../channels/email/resend/template-payload.ts'
import { type FakeResend, startFakeResend } from '../../../fakes/resend.ts'
import { attemptOf, entries, mailContent, never, openSender } from './support.ts'

/**
 * Runs where RESEND_OPENAPI names Resend's public OpenAPI document as JSON (resend.json of github.com/resend/resend-openapi);
 * the document is not ours to keep here.
 */
const path = process.env['RESEND_OPENAPI']

const documentSchema = z.object({
  components: z.object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())) }),
})

describe.skipIf(path === undefined)('by the public OpenAPI document', () => {
  let fake: FakeResend
  let schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  beforeAll(async () => {
    fake = await startFakeResend()
    schemas = documentSchema.parse(JSON.parse(readFileSync(path ?? '', 'utf8'))).components.schemas
  })
  afterAll(() => fake.close())

  /** What the document finds wrong with a value, fields it does not know among it. */
  function problems(name: string, value: unknown): unknown[] {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
    ajv.addSchema({ $id: 'document', components: { schemas } })
    const validate = ajv.getSchema(`document#/components/schemas/${name}`)
    if (!validate) throw new Error(`the document has no schema ${name}`)
    const known = Object.keys(z.record(z.string(), z.unknown()).parse(schemas[name]?.['properties']))
    const foreign = Object.keys(z.record(z.string(), z.unknown()).parse(value)).filter((key) => !known.includes(key))
    return [
      ...(validate(value) ? [] : (validate.errors ?? [])),
      ...foreign.map((key) => `${key} is not in the document`),
    ]
  }

  function lastBatch(): unknown[] {
    return z.array(z.unknown()).parse(JSON.parse(fake.lastBody().toString()))
  }

  it('a schema that finds nothing wrong with anything would be no proof', () => {
    expect(problems('SendEmailRequest', { to: 7 })).not.toEqual([])
    expect(problems('SendEmailRequest', { from: 'a', to: 'b', subject: 'c', replyTo: 'd' })).not.toEqual([])
  })

  it.each(['inline', 'template'])('our mails are right (payload %s)', async (payload) => {
    await openSender(fake.url, { payload }).send(attemptOf(entries(3), { key: payload }), never)
    expect(lastBatch()).toHaveLength(3)
    for (const mail of lastBatch()) expect(problems('SendEmailRequest', mail)).toEqual([])
  })

  it('the template that we store is right', () => {
    const { html, text } = storedContent(mailContent())
    const variables = [{ key: 'READER_LINK', type: 'string', fallback_value: '{' }]
    expect(problems('CreateTemplateRequest', { name: 'a', alias: 'a', html, text, variables })).toEqual([])
  })

  it('the fake answers as the document says', async () => {
    const call = async (at: string, body?: unknown): Promise<unknown> => {
      const response = await fetch(`${fake.url}${at}`, {
        headers: { authorization: 'Bearer re_test', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      })
      return response.json()
    }
    const mail = { from: 'a@example.com', to: 'b@example.com', subject: 's', text: 't' }
    expect(problems('CreateBatchEmailsResponse', await call('/emails/batch', [mail]))).toEqual([])
    expect(problems('ListDomainsResponse', await call('/domains'))).toEqual([])
    const made = await call('/templates', {
      name: 'n',
      alias: 'n',
      html: 'h',
      text: 't',
      subject: 's',
      from: 'a@example.com',
    })
    expect(problems('CreateTemplateResponseSuccess', made)).toEqual([])
    expect(problems('PublishTemplateResponseSuccess', await call('/templates/n/publish', {}))).toEqual([])
    expect(problems('Template', await call('/templates/n'))).toEqual([])
    expect(problems('ListTemplatesResponseSuccess', await call('/templates'))).toEqual([])
  })
})
