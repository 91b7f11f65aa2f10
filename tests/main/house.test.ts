import { expect, it } from 'vitest'
import { readConfig, type ConfigFile } from '../../src/config.ts'
import { longDay } from '../../src/domain/time.ts'
import { houseFrom } from '../../src/main/house.ts'
import type { House } from '../../src/channel.ts'
import type { SourceAbout } from '../../src/ports.ts'

function houseOf(file: ConfigFile, about: SourceAbout = {}): House {
  return houseFrom(readConfig(file, {}, new Map()), about, { secret: 'secret', installation: 'here' })
}

const about: SourceAbout = {
  title: 'The Morning Check',
  description: 'Checked science news.',
  url: 'https://morningcheck.example/',
  language: 'de',
}

it('is what the source says of itself where nothing is configured', () => {
  expect(houseOf({}, about)).toEqual({
    publication: {
      name: 'The Morning Check',
      description: 'Checked science news.',
      url: 'https://morningcheck.example',
      language: 'de',
      zone: 'UTC',
      address: '',
    },
    publicUrl: 'http://localhost:4750',
    secret: 'secret',
    installation: 'here',
  })
})

it('is what is configured, where something is', () => {
  const house = houseOf(
    {
      publication: {
        name: 'Our Name',
        description: '',
        url: 'https://ours.example/news/',
        language: 'pt-BR',
        zone: 'Europe/Berlin',
        address: 'Lindenweg 12',
      },
      url: 'https://mail.ours.example/',
    },
    about,
  )
  expect(house.publication).toEqual({
    name: 'Our Name',
    description: '',
    url: 'https://ours.example/news',
    language: 'pt-BR',
    zone: 'Europe/Berlin',
    address: 'Lindenweg 12',
  })
  expect(house.publicUrl).toBe('https://mail.ours.example')
})

it('has a name even where nobody gave one', () => {
  expect(houseOf({}, { url: 'https://morningcheck.example/news' }).publication.name).toBe('morningcheck.example')
  expect(houseOf({}).publication).toMatchObject({ name: 'localhost', url: 'http://localhost', language: 'en' })
})

it.each(['javascript:alert(1)', 'not an address', '/news', ''])('does not believe the home page %j', (url) => {
  expect(houseOf({}, { url }).publication.url).toBe('http://localhost')
})

it.each(['en_US.UTF-8', 'english', '', '-'])('has a language that dates can be written in, not %j', (language) => {
  expect(longDay('2026-06-29', houseOf({}, { language }).publication.language)).toMatch(/2026/)
})
