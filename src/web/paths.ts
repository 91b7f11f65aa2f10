/**
 * Route of an edition's id: a schedule, and a day, of a correction or retraction with what tells it from others of that
 * day. Anything else is not found before anything is looked up.
 */
export const EDITION_PATH = '/:schedule{[a-z0-9-]+}/:date{\\d{4}-\\d{2}-\\d{2}(?:-[0-9a-f]{8})?}'
