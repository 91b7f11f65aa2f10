import { expect, it } from 'vitest'
import { announcements } from '../../../channels/feeds/websub.ts'
import { fileOf } from './sending.ts'

it.each([
  ['http://localhost:4750', ['http://127.0.0.1:4000/']],
  ['http://192.168.1.4', ['http://127.0.0.1:4000/']],
  ['https://wire.example.com', ['https://hub.example/', 'http://127.0.0.1:4000/']],
])('feeds at %s are announced to %j alone: another hub could not fetch them', (publicUrl, told) => {
  const hubs = ['https://hub.example/', 'http://127.0.0.1:4000/']
  const made = announcements([fileOf('rss.xml', '<rss/>')], hubs, publicUrl, { id: 'daily/2026-06-29' })
  expect(made.map(({ content }) => JSON.parse(content))).toMatchObject(told.map((hub) => ({ hub })))
})
