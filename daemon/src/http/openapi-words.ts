/** What parameters are, by the noun that they come in where that matters. */
const PARAMETERS: Record<string, string> = {
  name: 'The name of the app.',
  'issuers name': 'The name of the issuer.',
  'destroyed-apps name': 'The name that the app had.',
  'jobs job': 'The name or the id of the scheduled job.',
  job: 'The scheduled job.',
  number: 'Counted up for each app, from 1.',
  id: 'The id, as the list shows it.',
  key: 'The name of the env variable.',
  host: 'The host name.',
  user: 'The name that is typed with the password.',
  process: 'A process of the app, `web` for example.',
  volume: 'The name of the volume.',
  delivery: 'The id of the delivery.',
  hook: 'The id in the address of the webhook.',
  set: 'The name of the set, as rules say it after `@`.',
  instance: 'The instance, `web.1` for example.',
  zone: 'The DNS zone.',
  cursor: 'The `nextCursor` of the page before; left out for the first page.',
  limit: 'At most so many items.',
  after: 'Only what comes after this sequence number.',
  path: 'A path inside the folder of the app.',
  state: 'What the host that sent the browser back was given.',
  code: 'What the host that sent the browser back gave.',
}

/** One sentence about a parameter. */
export const parameterWords = (noun: string, name: string, place: 'path' | 'query'): string =>
  PARAMETERS[`${noun} ${name}`] ??
  PARAMETERS[name] ??
  (place === 'path'
    ? `Which ${wordsOf(name)} is meant.`
    : `Narrows the answer by ${wordsOf(name)}.`)

const wordsOf = (name: string): string => name.replaceAll(/([A-Z])/g, ' $1').toLowerCase()

/** What a route answers with that is not JSON, by the end of its address. */
export const NOT_JSON: readonly (readonly [end: RegExp, type: string, example: unknown])[] = [
  [/\/(stream|events|follow)$/, 'text/event-stream', 'id: 1\ndata: {"id":1}\n\n'],
  [/\/(audit-events\/export|access-log\/download)$/, 'application/x-ndjson', '{"id":1}\n'],
  [/\/ca\.pem$/, 'application/x-pem-file', '-----BEGIN CERTIFICATE-----\n…'],
  [/\.tar$/, 'application/x-tar', ''],
  [/\/schemas\/vastrox\.json$/, 'application/schema+json', { type: 'object' }],
  [/\/openapi\.json$/, 'application/json', { openapi: '3.1.0' }],
]
