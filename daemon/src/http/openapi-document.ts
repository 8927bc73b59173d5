import { ERRORS, type ErrorCode } from '@vastrox/shared/errors.ts'
import { ErrorReply } from '@vastrox/shared/page.ts'
import type { Access } from '@vastrox/shared/permissions.ts'
import { z } from 'zod'
import type { ApiRoute } from '#http/api-route.ts'
import { exampleOf, parameterExample } from '#http/openapi-examples.ts'
import { shareAnswers } from '#http/openapi-shared.ts'
import { problemsOf } from '#http/openapi-problems.ts'
import { NOT_JSON, parameterWords } from '#http/openapi-words.ts'
import { replyOf } from '#http/plugins/errors.ts'

interface Info {
  version: string
  serverUrl: string
}

type Json = Record<string, unknown>

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const Responses = z.record(z.string(), z.unknown())
const parameter = (name: string): Json => ({ $ref: `#/components/parameters/${name}` })
const LIMIT_HEADERS = {
  RateLimit: { $ref: '#/components/headers/RateLimit' },
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
}

/** The OpenAPI 3.1 document, made of the schemas that the routes are checked by. */
export function openapiDocument(routes: readonly ApiRoute[], { version, serverUrl }: Info): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = pathOf(route)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  const responses = shareAnswers(paths)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vastrox',
      version,
      description:
        'Everything the dashboard does. Lists are cursor-paged; writes accept an Idempotency-Key; reads carry an ETag; a failure is `{ "error": { "code", "message", "hint", "details" } }`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: serverUrl }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map(nounOf))].toSorted().map((name) => ({ name })),
    paths,
    components: { ...COMPONENTS(), responses },
  }
}

const pathOf = ({ url }: ApiRoute): string => url.replaceAll(/:([A-Za-z]+)/g, '{$1}')
const nounOf = ({ url }: ApiRoute): string => url.split('/')[3] ?? 'api'

function operationOf(route: ApiRoute): Json {
  const { method, access, schema } = route
  const isPublic = access.permission === 'public'
  const isWrite = WRITES.has(method)
  const parameters: unknown[] = [
    ...parametersOf(route, schema.params, 'path'),
    ...parametersOf(route, schema.querystring, 'query'),
  ]
  if (isWrite && !isPublic) parameters.push(parameter('IdempotencyKey'))
  if (schema.ifMatch) parameters.push(parameter('IfMatch'))
  if (method === 'GET') parameters.push(parameter('IfNoneMatch'))
  return {
    operationId: operationIdOf(method, pathOf(route)),
    summary: schema.summary ?? `${method} ${pathOf(route)}`,
    tags: [nounOf(route)],
    ...(isPublic ? { security: [] } : {}),
    description: [schema.description, descriptionOf(access)].filter(Boolean).join(' '),
    'x-permission': access.permission,
    'x-scope': access.scope,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...bodyOf(route),
    responses: { ...responsesOf(route), ...problemAnswers(problemsOf(route)) },
  }
}

function parametersOf(route: ApiRoute, schema: unknown, place: 'path' | 'query'): Json[] {
  if (!(schema instanceof z.ZodObject)) return []
  const { properties = {}, required = [] } = ObjectSchema.parse(jsonSchema(schema, 'input'))
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property
    const isRequired = place === 'path' || required.includes(name)
    return {
      name,
      in: place,
      description:
        typeof description === 'string' ? description : parameterWords(nounOf(route), name, place),
      required: isRequired,
      schema: rest,
      ...(isRequired ? { example: parameterExample(rest, name) } : {}),
    }
  })
}
const ObjectSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  required: z.array(z.string()).optional(),
})

function bodyOf({ schema: { body, bodyExample } }: ApiRoute): Json {
  if (!(body instanceof z.ZodType)) return {}
  return {
    requestBody: {
      required: !body.safeParse(undefined).success,
      content: jsonContent(body, 'input', bodyExample),
    },
  }
}

function responsesOf({ method, url, schema: { response, querystring } }: ApiRoute): Json {
  const declared = Object.entries(Responses.parse(response ?? {}))
  const headers = { ...LIMIT_HEADERS, ...(method === 'GET' ? ETAG : {}) }
  const notModified = method === 'GET' ? { '304': { description: 'As it was.', headers } } : {}
  const isJsonless = NOT_JSON.some(([end]) => end.test(url))
  if (declared.length === 0 || isJsonless) {
    const [, type = 'application/octet-stream', example = ''] =
      NOT_JSON.find(([end]) => end.test(url)) ?? []
    const schema = { type: typeof example === 'string' ? 'string' : 'object' }
    const content = { [type]: { schema, example } }
    const isEmpty = method === 'HEAD'
    return { '200': { description: 'Done.', headers, ...(isEmpty ? {} : { content }) } }
  }
  return {
    ...Object.fromEntries(
      declared.map(([status, schema]) => [
        status,
        status === '204' || !(schema instanceof z.ZodType)
          ? { description: 'Done.', headers }
          : {
              description: schema.description ?? 'Done.',
              headers,
              content: bounded(jsonContent(schema, 'output'), mostOf(querystring)),
            },
      ]),
    ),
    ...notModified,
  }
}
/** The most items that may be asked for at once. */
function mostOf(querystring: unknown): number | undefined {
  if (!(querystring instanceof z.ZodObject) || !('limit' in querystring.shape)) return undefined
  const { properties } = ObjectSchema.parse(jsonSchema(querystring, 'input'))
  return z.object({ maximum: z.number() }).safeParse(properties?.['limit']).data?.maximum
}

/** A list says how long it may be. */
function bounded(content: Json, maxItems: number | undefined): Json {
  const list = ListContent.safeParse(content).data?.['application/json'].schema.properties.items
  if (list && maxItems !== undefined) list['maxItems'] = maxItems
  return content
}
const ListContent = z.object({
  'application/json': z.object({
    schema: z.object({ properties: z.object({ items: z.custom<Json>(isJson) }) }),
  }),
})
function isJson(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

const ETAG = { ETag: { $ref: '#/components/headers/ETag' } }

/** One answer for each status, with the codes that it may carry and what to do about each. */
function problemAnswers(codes: readonly ErrorCode[]): Json {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status)
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([one], [other]) => one - other)
      .map(([status, ofStatus]) => [
        String(status),
        {
          description: ofStatus.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join(' '),
          headers: LIMIT_HEADERS,
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/Error' },
              examples: Object.fromEntries(
                ofStatus.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
              ),
            },
          },
        },
      ]),
  )
}

function jsonContent(schema: z.ZodType, io: 'input' | 'output', byHand?: unknown): Json {
  const json = jsonSchema(schema, io)
  const example = byHand ?? exampleOf(schema, json, io)
  return { 'application/json': { schema: json, ...(example === undefined ? {} : { example }) } }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema: { pattern }, jsonSchema }) => {
      if (pattern !== undefined) jsonSchema.pattern = plainPattern(pattern)
    },
  })
  return json
}

/** Without classes of Unicode, which JSON Schema asks to leave out: many tools know none. */
const plainPattern = (pattern: string): string =>
  pattern
    .replaceAll('\\P{Cc}', `[^${CONTROLS}]`)
    .replaceAll('\\p{Cc}', CONTROLS)
    .replaceAll('\\p{Bidi_Control}', BIDI_CONTROLS)
const CONTROLS = '\\x00-\\x1f\\x7f-\\x9f'
const BIDI_CONTROLS = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069'

const operationIdOf = (method: string, path: string): string =>
  [method.toLowerCase(), ...path.split('/').slice(3)]
    .flatMap((part) => part.replaceAll(/[{}]/g, '').split(/[-.]/))
    .filter((word) => word !== '')
    .map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')

function descriptionOf({ permission }: Access): string {
  if (permission === 'public') return 'Open to everybody.'
  if (permission === 'signed-in') return 'For everybody who is known.'
  return `Needs the permission \`${permission}\`.`
}

const ALL_CODES = Object.keys(ERRORS).filter((code): code is ErrorCode =>
  Object.hasOwn(ERRORS, code),
)

const COMPONENTS = (): Json => ({
  securitySchemes: {
    token: { type: 'http', scheme: 'bearer', description: 'An API token: `vxt_api_…`.' },
  },
  schemas: { Error: jsonSchema(ErrorReply, 'output') },
  examples: Object.fromEntries(
    ALL_CODES.map((code) => [code, { summary: ERRORS[code].message, value: replyOf(code, {}) }]),
  ),
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'Sent again within a day, the write is done once and its first reply given.',
      schema: { type: 'string', pattern: '^[!-~]{1,200}$' },
    },
    IfMatch: {
      name: 'If-Match',
      in: 'header',
      description:
        'The ETag of what the change was made of. Where somebody else has changed it meanwhile the answer is 412, and nothing is written.',
      schema: { type: 'string', maxLength: 1_000 },
    },
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      description:
        'An ETag that you have: where it is still right the answer is 304, with no body.',
      schema: { type: 'string', maxLength: 1_000 },
    },
  },
  headers: {
    ETag: { description: 'Of this very answer.', schema: { type: 'string' } },
    RateLimit: {
      description: 'What is left of each limit: `"actor";r=2999;t=42` (requests, seconds).',
      schema: { type: 'string' },
    },
    RateLimitPolicy: {
      description: 'The limits: `"actor";q=3000;w=60` (requests in so many seconds).',
      schema: { type: 'string' },
    },
  },
})
