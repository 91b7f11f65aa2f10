/** What JSON Feed 1.1 (jsonfeed.org/version/1.1) demands with MUST, and names that it does not know refused. */
const extensions = { '^_[a-zA-Z][^.]+$': { type: 'object', properties: { about: { type: 'string' } } } }
const address = { type: 'string', format: 'uri', pattern: '^https?://' }

const authors = {
  type: 'array',
  items: {
    type: 'object',
    minProperties: 1,
    properties: { name: { type: 'string' }, url: address, avatar: address },
    patternProperties: extensions,
    additionalProperties: false,
  },
}

const attachment = {
  type: 'object',
  required: ['url', 'mime_type'],
  properties: {
    url: address,
    mime_type: { type: 'string', pattern: '^[^/\\s]+/[^/\\s]+$' },
    title: { type: 'string', minLength: 1 },
    size_in_bytes: { type: 'integer', minimum: 0 },
    duration_in_seconds: { type: 'number', minimum: 0 },
  },
  patternProperties: extensions,
  additionalProperties: false,
}

const hub = {
  type: 'object',
  required: ['type', 'url'],
  properties: { type: { type: 'string' }, url: address },
  additionalProperties: false,
}

const item = {
  type: 'object',
  required: ['id'],
  anyOf: [{ required: ['content_html'] }, { required: ['content_text'] }],
  properties: {
    id: { type: 'string', minLength: 1 },
    url: address,
    external_url: address,
    title: { type: 'string' },
    content_html: { type: 'string' },
    content_text: { type: 'string' },
    summary: { type: 'string' },
    image: address,
    banner_image: address,
    date_published: { type: 'string', format: 'date-time' },
    date_modified: { type: 'string', format: 'date-time' },
    authors,
    tags: { type: 'array', items: { type: 'string' } },
    language: { type: 'string' },
    attachments: { type: 'array', items: attachment },
  },
  patternProperties: extensions,
  additionalProperties: false,
}

export const jsonFeedSchema = {
  type: 'object',
  required: ['version', 'title', 'items', 'home_page_url', 'feed_url'],
  properties: {
    version: { const: 'https://jsonfeed.org/version/1.1' },
    title: { type: 'string' },
    home_page_url: address,
    feed_url: address,
    description: { type: 'string' },
    user_comment: { type: 'string' },
    next_url: address,
    icon: address,
    favicon: address,
    authors,
    language: { type: 'string' },
    expired: { type: 'boolean' },
    hubs: { type: 'array', minItems: 1, items: hub },
    items: { type: 'array', items: item },
  },
  patternProperties: extensions,
  additionalProperties: false,
}
