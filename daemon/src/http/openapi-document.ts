import { ErrorReply } from '@vastrox/shared/page.ts'
import type { Access } from '@vastrox/shared/permissions.ts'
import { z } from 'zod'

/** A route of the API as Fastify told of it. */
export interface ApiRoute {
  method: string
  /** With the prefix; parameters as `:name`. */
  url: string
  access: Access
  schema: {
    summary?: string | undefined
    params?: unknown
    querystring?: unknown
    body?: unknown
    response?: unknown
  }
}

interface Info {
  version: string
  serverUrl: string
}

type Json = Record<string, unknown>

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const ERROR = { $ref: '#/components/responses/Error' }
const IDEMPOTENCY_KEY = { $ref: '#/components/parameters/IdempotencyKey' }
const Responses = z.record(z.string(), z.unknown())

/** The OpenAPI 3.1 document, made of the schemas that the routes are checked by. */
export function openapiDocument(routes: readonly ApiRoute[], { version, serverUrl }: Info): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = route.url.replaceAll(/:([A-Za-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, path) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vastrox',
      version,
      description:
        'Everything the dashboard does. Lists are cursor-paged; writes accept an Idempotency-Key; a failure is `{ "error": { "code", "message", "hint", "details" } }`.',
    },
    servers: [{ url: serverUrl }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token: `vxt_api_…`.' },
      },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'Sent again within a day, the write is done once and its first reply given.',
          schema: { type: 'string', minLength: 1, maxLength: 200 },
        },
      },
      responses: {
        Error: {
          description: 'It failed; `code` is stable and says why.',
          content: { 'application/json': { schema: jsonSchema(ErrorReply, 'output') } },
        },
      },
    },
  }
}

function operationOf({ method, url, access, schema }: ApiRoute, path: string): Json {
  const isPublic = access.permission === 'public'
  const parameters: unknown[] = [
    ...parametersOf(schema.params, 'path'),
    ...parametersOf(schema.querystring, 'query'),
  ]
  if (WRITES.has(method) && !isPublic) parameters.push(IDEMPOTENCY_KEY)
  return {
    operationId: operationIdOf(method, path),
    summary: schema.summary ?? `${method} ${path}`,
    tags: [url.split('/')[3] ?? 'api'],
    ...(isPublic ? { security: [] } : {}),
    description: descriptionOf(access),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(schema.body instanceof z.ZodType
      ? { requestBody: { required: true, content: jsonContent(schema.body, 'input') } }
      : {}),
    responses: { ...responsesOf(schema.response), default: ERROR },
  }
}

function parametersOf(schema: unknown, place: 'path' | 'query'): Json[] {
  if (!(schema instanceof z.ZodObject)) return []
  const { properties = {}, required = [] } = ObjectSchema.parse(jsonSchema(schema, 'input'))
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}
const ObjectSchema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
})

function responsesOf(response: unknown): Json {
  const declared = Object.entries(Responses.parse(response ?? {}))
  if (declared.length === 0) return { '200': { description: 'Done.' } }
  return Object.fromEntries(
    declared.map(([status, schema]) => [
      status,
      status === '204' || !(schema instanceof z.ZodType)
        ? { description: 'Done.' }
        : { description: schema.description ?? 'Done.', content: jsonContent(schema, 'output') },
    ]),
  )
}

const jsonContent = (schema: z.ZodType, io: 'input' | 'output'): Json => ({
  'application/json': { schema: jsonSchema(schema, io) },
})

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return json
}

const operationIdOf = (method: string, path: string): string =>
  [method.toLowerCase(), ...path.split('/').slice(3)]
    .flatMap((part) => part.replaceAll(/[{}]/g, '').split('-'))
    .filter((word) => word !== '')
    .map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')

function descriptionOf({ permission }: Access): string {
  if (permission === 'public') return 'Open to everybody.'
  if (permission === 'signed-in') return 'For everybody who is known.'
  return `Needs the permission \`${permission}\`.`
}
