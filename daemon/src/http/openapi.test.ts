import { createRequire } from 'node:module'
import { ERRORS } from '@vastrox/shared/errors.ts'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { docsPage } from '#http/docs-page.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'

const Body = z.object({
  content: z
    .record(z.string(), z.looseObject({ schema: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
})
const Components = z.looseObject({
  schemas: z.record(z.string(), z.record(z.string(), z.unknown())),
  examples: z.record(z.string(), z.looseObject({})),
})
const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
})

/** Names of fields that no reply may have: what they would hold stays inside (rule C9). */
const SECRET = /hash|sealed|password|secret|privateKey|refresh|masterKey/i
/** A yes or no, and a time; a webhook's secret, shown once by the two acts that make it; and the replies that show, once, what has just been made. */
// Names of settings, and whether there is one: never a value.
const ALLOWED = ['hasPassword', 'passwordChangedAt', 'webhookSecret', 'secretsSet', 'hasSecret']
const PASSWORDS_ONLY_REPLY = 'post /api/v1/apps/{name}/sources/uploads/password'
const TOKENS_ONLY_REPLIES = ['post /api/v1/tokens', 'post /api/v1/tokens/{id}/rotate']

const require = createRequire(import.meta.resolve('@seriousme/openapi-schema-validator'))
const { default: Ajv } = require('ajv/dist/2020.js')
const ajv = new Ajv({ strict: false, validateFormats: false })

describe('the document of the API (OpenAPI 3.1)', () => {
  let server: FullServer
  let document: z.infer<typeof Document>

  beforeAll(async () => {
    server = await createFullServer()
    document = Document.parse((await server.fastify.inject('/api/v1/openapi.json')).json())
  })
  afterAll(() => server.fastify.close())

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method} ${path}`,
        operation,
      })),
    )

  it('is valid by the schema of OpenAPI 3.1', async () => {
    const copy = z.record(z.string(), z.unknown()).parse(structuredClone(document))

    const { valid, errors } = await new Validator().validate(copy)

    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect(document.openapi).toBe('3.1.0')
  })

  it('has an entry with a summary for every route, and no other', () => {
    const declared = server.routes
      .filter(({ url }) => url.startsWith('/api/v1/'))
      .map(({ method, url }) => `${method.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
    const bare = operations().filter(({ operation }) =>
      /^[A-Z]+ \//.test(String(operation['summary'])),
    )
    const ids = operations().map(({ operation }) => operation['operationId'])

    expect(
      operations()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(declared.toSorted())
    expect(bare).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('declares no reply that could hold a secret', () => {
    const found = operations().flatMap(({ name, operation }) =>
      fieldsOf(operation['responses'])
        .filter(
          (field) =>
            SECRET.test(field) || (field === 'token' && !TOKENS_ONLY_REPLIES.includes(name)),
        )
        .filter((field) => !ALLOWED.includes(field))
        .filter((field) => field !== 'password' || name !== PASSWORDS_ONLY_REPLY)
        .map((field) => `${name}: ${field}`),
    )

    expect(found).toEqual([])
    expect(operations().filter(({ name }) => TOKENS_ONLY_REPLIES.includes(name))).toHaveLength(2)
  })

  it('lets no reply pass fields that it does not declare', () => {
    const open = operations().flatMap(({ name, operation }) =>
      objectsOf(operation['responses'])
        .filter((schema) => 'properties' in schema && schema['additionalProperties'] !== false)
        .map((schema) => `${name}: ${Object.keys(Object(schema['properties'])).join(', ')}`),
    )

    expect(open).toEqual([])
  })

  it('says how a caller is known, what a write accepts and how it fails', () => {
    const create = document.paths['/api/v1/apps']?.['post']

    expect(create).toMatchObject({
      description: 'Needs the permission `app.create`.',
      parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }],
      'x-permission': 'app.create',
      responses: {
        409: { description: expect.stringContaining('`APP_NAME_TAKEN`: Another app') },
        413: expect.anything(),
      },
    })
    expect(document.paths['/api/v1/health']?.['get']).toMatchObject({ security: [] })
    expect(document).toMatchObject({ security: [{ token: [] }] })
  })

  it('says of every operation what it is, what it takes and what it may answer', () => {
    const poor = operations().flatMap(({ name, operation }) => {
      const answers = z.record(z.string(), z.unknown()).parse(operation['responses'])
      const parameters = z.array(z.looseObject({})).parse(operation['parameters'] ?? [])
      const missing = [
        ...['operationId', 'summary', 'tags', 'x-permission'].filter((key) => !operation[key]),
        ...parameters
          .filter((each) => !('$ref' in each) && !each['description'])
          .map((each) => `what ${String(each['name'])} is`),
        ...(Object.keys(answers).some((status) => /^[23]/.test(status)) ? [] : ['an answer']),
        ...['429', '500'].filter((status) => !(status in answers)),
      ]
      return missing.map((what) => `${name}: ${what}`)
    })

    expect(poor).toEqual([])
  })

  it('names every code with its words, and a hint where a person can do something', () => {
    const { examples, schemas } = Components.parse(document['components'])

    expect(Object.keys(examples).toSorted()).toEqual(Object.keys(ERRORS).toSorted())
    expect(examples['RATE_LIMITED']?.['value']).toMatchObject({
      error: { code: 'RATE_LIMITED', hint: ERRORS.RATE_LIMITED.hint },
    })
    const valid = schemaOf(schemas['Error'])
    const wrong = Object.entries(examples).filter(([, example]) => !valid(example['value']))
    expect(wrong).toEqual([])
  })

  it('has an example of every body and every answer, valid by its own schema', () => {
    const findings = operations().flatMap(({ name, operation }) => {
      const body = Body.safeParse(operation['requestBody']).data
      const answers = z.record(z.string(), z.unknown()).parse(operation['responses'])
      const contents = [
        ['body', body] as const,
        ...Object.entries(answers).filter(([status]) => status.startsWith('2')),
      ].flatMap(([what, part]) => {
        const json = Body.safeParse(part).data?.content?.['application/json']
        return json?.schema === undefined ? [] : [{ what, json }]
      })
      return contents.flatMap(({ what, json }) => {
        if (json['example'] === undefined) return [`${name}: no example of ${what}`]
        return schemaOf(json.schema)(json['example']) ? [] : [`${name}: wrong example of ${what}`]
      })
    })

    expect(findings).toEqual([])
  })

  it('has a maximum and pages for every list', () => {
    const lists = operations().flatMap(({ name, operation }) => {
      const answer = Body.safeParse(Object(operation['responses'])['200']).data
      const schema = answer?.content?.['application/json']?.schema
      if (schema === undefined) return []
      const isBare = schema['type'] === 'array'
      const list = Object(schema['properties'])['items']
      return isBare || list !== undefined ? [{ name, operation, list: Object(list), isBare }] : []
    })
    const wrong = lists
      .filter(({ operation, list, isBare }) => {
        const parameters = z.array(z.looseObject({})).parse(operation['parameters'] ?? [])
        const most = parameters.find((each) => each['name'] === 'limit')?.['schema']
        return isBare || list.maxItems === undefined || Object(most).maximum !== list.maxItems
      })
      .map(({ name }) => name)

    expect(wrong).toEqual([])
    expect(lists.length).toBeGreaterThan(30)
  })

  it('can be read at /api/docs, without a script and without another host', async () => {
    const page = await server.fastify.inject('/api/docs')
    const style = await server.fastify.inject('/api/docs/style.css')

    expect(page.statusCode).toBe(200)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body).toContain('/api/v1/apps/{name}/deployments')
    expect(page.body).not.toMatch(/<script|style=|onload=|(?:src|href)="https?:/i)
    expect(style.headers['content-type']).toBe('text/css; charset=utf-8')
  })

  it('is text to the page, whatever it says', () => {
    const operation = {
      summary: '<img src=x onerror=alert(1)>',
      description: '"&',
      tags: ['a'],
      responses: {},
    }

    const page = docsPage({
      info: { title: 'T', version: '1', description: '' },
      servers: [{ url: 'https://example.com' }],
      paths: { '/<b>': { get: operation } },
    })

    expect(page).not.toMatch(/<img|<b>/)
    expect(page).toContain('&lt;img src=x')
  })
})

/** Every object within a JSON value. */
function objectsOf(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf)
  if (typeof value !== 'object' || value === null) return []
  const fields = Object.entries(value)
  return [Object.fromEntries(fields), ...fields.flatMap(([, field]) => objectsOf(field))]
}

const fieldsOf = (responses: unknown): string[] =>
  objectsOf(responses).flatMap(({ properties }) => Object.keys(Object(properties)))

/** What a JSON Schema takes, by the validator that judges the document. */
function schemaOf(json: unknown): (value: unknown) => boolean {
  const validate: unknown = ajv.compile(json)
  return (value) => typeof validate === 'function' && validate(value) === true
}
