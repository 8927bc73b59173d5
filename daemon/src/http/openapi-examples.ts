import { z } from 'zod'

type Json = Record<string, unknown>

const AT = '2026-11-26T12:00:00.000Z'
const ID = '01kb0f3z5cq8x7w2m4n6p8r9st'

/** What people would write, by the name of the field; where it does not fit, the list below is tried. */
const BY_NAME: Record<string, readonly unknown[]> = {
  subject: ['addon:shop-db'],
  name: ['blog', 'Blog'],
  app: ['blog'],
  host: ['www.example.com'],
  hosts: ['www.example.com'],
  domain: ['example.com'],
  url: ['https://hooks.example.com/vastrox', 'https://git.example.com/team/blog.git'],
  gitUrl: ['https://example.com:8443/git/blog.git'],
  gitSshUrl: ['ssh://git@example.com:2222/blog.git'],
  process: ['web'],
  command: ['node server.js'],
  user: ['anna'],
  username: ['anna'],
  actor: ['anna'],
  address: ['203.0.113.7'],
  branch: ['main'],
  sha: ['3f786850e387550fdab836ed7e6dc881de23001b'],
  key: ['GREETING'],
  value: ['hello'],
  path: ['/docs', 'public/index.html'],
  mountPath: ['/data'],
  schedule: ['0 3 * * *'],
  message: ['There is no app with that name.'],
  reason: ['health check: nothing listens on port 3000'],
  hint: ['Read the instance log; the release before it is still live.'],
  publicKey: [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFLc6Q1x0jLwMbhm1k9yZ2q3QeHhXcT0uJmN5pVb8s2d anna@laptop',
  ],
  memoryBytes: [268_435_456],
  image: ['nginx'],
  reference: ['nginx'],
  text: ['GREETING=hello'],
  webhookSecret: ['whsec_ZXhhbXBsZS1vZi1hLXNlY3JldC10aGF0LWlzLW5vdCE='],
  token: ['vxt_api_(shown this once)'],
  password: ['correct horse battery staple'],
}

/** Strings of every kind that the API takes; the first that fits is taken. */
const STRINGS: readonly string[] = [
  'example',
  'blog',
  ID,
  AT,
  'main',
  'GREETING',
  'www.example.com',
  'https://example.com',
  'https://git.example.com/team/blog.git',
  '203.0.113.7',
  '203.0.113.0/24',
  '8080',
  '8000-8100',
  '25565-tcp',
  '/data',
  '@daily',
  '0 3 * * *',
  '3f786850e387550fdab836ed7e6dc881de23001b',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
  'correct horse battery staple',
  'X-Example',
  'anna@example.com',
  'a',
  'ab',
  '1',
  '2026-11-26',
  '12345678',
  'node',
  'tcp',
]
const NUMBERS: readonly number[] = [1, 0, 3, 60, 1_000, 3_000, 60_000, 8_080, 268_435_456]

/** Of the parts that may be left out: all, or none; or with null for whatever may be null as well. */
type Wish = 'all' | 'none' | 'null'

/**
 * A value that the schema takes, as a person would write it. Tried with every field first, then with
 * those alone that are needed; undefined where none is valid: then it is to be written by hand.
 */
export function exampleOf(schema: z.ZodType, json: Json, io: 'input' | 'output'): unknown {
  const given = z.globalRegistry.get(schema)?.['examples']
  if (Array.isArray(given) && given.length > 0) return given[0]
  for (const wish of ['all', 'none', 'null'] as const) {
    const made = build(json, '', wish)
    if (isValid(schema, made, io)) return made
  }
  return undefined
}

/** What goes in is parsed, what goes out is encoded, as the server does both. */
export const isValid = (schema: z.ZodType, value: unknown, io: 'input' | 'output'): boolean =>
  io === 'input' ? schema.safeParse(value).success : z.safeEncode(schema, value).success

/** An example of a parameter; undefined where none of those we know fits. */
export const parameterExample = (json: Json, name: string): unknown => build(json, name, 'all')

function build(json: Json, name: string, wish: Wish): unknown {
  if ('const' in json) return json['const']
  const { examples, default: fallback } = json
  if (Array.isArray(examples) && examples.length > 0) return examples[0]
  if (Array.isArray(json['enum'])) return json['enum'][0]
  const options = listOf(json['anyOf'] ?? json['oneOf'])
  if (options.length > 0) {
    const mayBeNull = options.some(({ type }) => type === 'null')
    if (wish === 'null' && mayBeNull) return null
    const some = options.find(({ type }) => type !== 'null') ?? options[0]
    return some ? build(some, name, wish) : null
  }
  const parts = listOf(json['allOf'])
  if (parts.length > 0) return build(Object.assign({}, ...parts), name, wish)
  const { type } = json
  if (Array.isArray(type)) {
    const some: unknown = type.find((each) => each !== 'null')
    return build({ ...json, type: some ?? 'null' }, name, wish)
  }
  switch (type) {
    case 'string':
      return stringFor(json, name)
    case 'integer':
    case 'number':
      return numberFor(json, name)
    case 'boolean':
      return typeof fallback === 'boolean' ? fallback : true
    case 'null':
      return null
    case 'array':
      return arrayFor(json, name, wish)
    case 'object':
      return objectFor(json, wish)
    default:
      return fallback ?? 'example'
  }
}

function objectFor(json: Json, wish: Wish): Json {
  const properties = Object.entries(asObject(json['properties']))
  const required = Array.isArray(json['required']) ? json['required'] : []
  const made = properties
    .filter(([key]) => wish === 'all' || required.includes(key))
    .map(([key, part]) => [key, build(asObject(part), key, wish)] as const)
  const more = asObject(json['additionalProperties'])
  if (properties.length > 0 || Object.keys(more).length === 0) return Object.fromEntries(made)
  const names = asObject(json['propertyNames'])
  const key = Array.isArray(names['enum']) ? String(names['enum'][0]) : keyFor(names)
  return { [key]: build(more, key, wish) }
}

const keyFor = (names: Json): string =>
  ['web', 'GREETING', ...STRINGS].find((text) => fits(text, names)) ?? 'example'

function arrayFor(json: Json, name: string, wish: Wish): unknown[] {
  const tuple = listOf(json['prefixItems'])
  if (tuple.length > 0) return tuple.map((part) => build(part, name, wish))
  if (json['maxItems'] === 0) return []
  return [build(asObject(json['items']), name.replace(/e?s$/, ''), wish)]
}

function stringFor(json: Json, name: string): string {
  const wanted = BY_NAME[name] ?? (/(^i|I)d$/.test(name) ? [ID] : /(^a|A)t$/.test(name) ? [AT] : [])
  const texts = [...wanted.filter((each) => typeof each === 'string'), ...STRINGS]
  const least = typeof json['minLength'] === 'number' ? json['minLength'] : 0
  const found = texts.find((text) => fits(text, json))
  return found ?? 'x'.repeat(Math.max(1, least))
}

const FORMATS: Record<string, RegExp> = {
  'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  uri: /^https:/,
  email: /@/,
  ipv4: /^\d+\.\d+\.\d+\.\d+$/,
  cidrv4: /\/\d+$/,
}

function fits(text: string, { minLength, maxLength, pattern, format }: Json): boolean {
  if (typeof minLength === 'number' && text.length < minLength) return false
  if (typeof maxLength === 'number' && text.length > maxLength) return false
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(text)) return false
  return typeof format !== 'string' || FORMATS[format]?.test(text) !== false
}

function numberFor(json: Json, name: string): number {
  const wanted = (BY_NAME[name] ?? []).filter((each) => typeof each === 'number')
  const least = numberOr(json['minimum'], numberOr(json['exclusiveMinimum'], -1e15) + 1)
  const most = numberOr(json['maximum'], 1e15)
  return [...wanted, ...NUMBERS].find((each) => each >= least && each <= most) ?? least
}

const numberOr = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.map(asObject) : [])
