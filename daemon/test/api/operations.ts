import { z } from 'zod'
import { answersWithin } from '#test/client/client-types.ts'

type Json = Record<string, unknown>

const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        operationId: z.string(),
        parameters: z.array(z.looseObject({})).default([]),
        requestBody: z.looseObject({}).optional(),
        responses: z.record(z.string(), z.looseObject({})),
      }),
    ),
  ),
})

/** An operation of the document, with an example of what it takes. */
export interface Operation {
  name: string
  method: string
  path: string
  params: { name: string; place: string; example: unknown }[]
  body: unknown
  isPublic: boolean
  /** `404 APP_NOT_FOUND`, `200`. */
  answers: ReadonlySet<string>
}

/** Where a payload goes. */
export type Field =
  | { place: 'path' | 'query'; name: string }
  | { place: 'body'; keys: readonly string[] }

/** They end what a battery goes on with. */
const LEFT_OUT = ['deleteTokensId', 'postSignOut']

/** Every operation of the OpenAPI document. */
export function operationsOf(document: unknown): Operation[] {
  return Object.entries(Document.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      if (LEFT_OUT.includes(operation.operationId)) return []
      const content = asObject(asObject(operation.requestBody)['content'])
      const body = asObject(content['application/json'])
      return [
        {
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          params: operation.parameters
            .filter((each) => each['in'] === 'path' || each['in'] === 'query')
            .map((each) => ({
              name: String(each['name']),
              place: String(each['in']),
              example: each['example'],
            })),
          body: 'schema' in body ? (body['example'] ?? {}) : undefined,
          isPublic: operation['x-permission'] === 'public',
          answers: answersOf(answersWithin(document, operation.responses)),
        },
      ]
    }),
  )
}

const answersOf = (responses: Record<string, unknown>): ReadonlySet<string> =>
  new Set(
    Object.entries(responses).flatMap(([status, response]) => {
      const json = asObject(asObject(asObject(response)['content'])['application/json'])
      const codes = Object.keys(asObject(json['examples']))
      return Number(status) < 400 ? [status] : codes.map((code) => `${status} ${code}`)
    }),
  )

/** The request of its examples, with a payload in one place where there is one. */
export function requestOf(
  { path, params, body }: Operation,
  field: Field | undefined,
  payload: string,
) {
  const valueOf = (name: string, place: string, example: unknown): string => {
    const isIt =
      field !== undefined && field.place === place && 'name' in field && field.name === name
    if (isIt) return payload
    if (name === 'name') return 'blog'
    return typeof example === 'number' || typeof example === 'string' ? `${example}` : 'example'
  }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const example = params.find((each) => each.name === name)?.example
    return encoded(valueOf(name, 'path', example))
  })
  const query = params
    .filter(
      ({ place, name }) => place === 'query' && field && 'name' in field && field.name === name,
    )
    .map(({ name }) => `${name}=${encoded(payload)}`)
  const sent = field?.place === 'body' ? withValue(body, field.keys, payload) : body
  return {
    url: `${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    ...(body === undefined ? {} : { body: JSON.stringify(sent) }),
  }
}

/** A lone surrogate has no address: it is sent as the bytes that stand for it. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed().slice(0, 4_000))

function withValue(value: unknown, [key, ...rest]: readonly string[], payload: string): unknown {
  if (key === undefined) return payload
  if (Array.isArray(value))
    return value.map((part, place) =>
      String(place) === key ? withValue(part, rest, payload) : part,
    )
  const fields = Object.entries(asObject(value))
  return Object.fromEntries(
    fields.map(([name, part]) => [name, name === key ? withValue(part, rest, payload) : part]),
  )
}

/** Its own fields; none where it is no object. */
export const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}
