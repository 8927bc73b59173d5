import { z } from 'zod'

type Json = Record<string, unknown>

const Document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        parameters: z.array(z.looseObject({})).default([]),
        requestBody: z.looseObject({}).optional(),
        responses: z.record(z.string(), z.looseObject({})),
      }),
    ),
  ),
})

/** Answers that many operations have stand once, under a name. */
export function answersWithin(document: unknown, responses: Record<string, unknown>): Json {
  const { components } = WithAnswers.parse(document)
  return Object.fromEntries(
    Object.entries(responses).map(([status, answer]) => {
      const { $ref: reference } = asObject(answer)
      const name = typeof reference === 'string' ? (reference.split('/').at(-1) ?? '') : ''
      return [status, components.responses[name] ?? answer]
    }),
  )
}
const WithAnswers = z.object({
  components: z.object({ responses: z.record(z.string(), z.unknown()).default({}) }),
})

const BASE = '/api/v1'
const METHODS = ['get', 'post', 'put', 'patch', 'delete']
const HEAD = `// Made from the OpenAPI document: pnpm client. Do not edit.
`

/**
 * The types of every operation, from the OpenAPI document alone. Objects that a noun of `shared`
 * describes get its name, so that people can write it; \`named\` says which text is which noun.
 */
export function clientTypes(document: unknown, named: ReadonlyMap<string, string>): string {
  const { paths } = Document.parse(document)
  const used = new Map<string, string>()

  const typeOf = (json: unknown): string => {
    const text = rawType(asObject(json), typeOf)
    const name = named.get(text)
    if (name === undefined) return text
    used.set(name, text)
    return name
  }

  const lines = Object.entries(paths).flatMap(([path, methods]) => {
    if (!path.startsWith(BASE)) return []
    const operations = Object.entries(methods)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => {
        const parameters = operation.parameters.map(asObject)
        const responses = answersWithin(document, operation.responses)
        const parts = [
          ['path', parametersType(parameters, 'path', typeOf)],
          ['query', parametersType(parameters, 'query', typeOf)],
          ['body', bodyType(operation.requestBody, typeOf)],
          ['reply', replyType(responses, typeOf)],
          ['problems', problemsType(responses)],
        ].filter(([, type]) => type !== undefined)
        return `    ${method}: {\n${parts.map(([name, type]) => `      ${name}: ${type}\n`).join('')}    }\n`
      })
    return [`  '${path.slice(BASE.length)}': {\n${operations.join('')}  }\n`]
  })
  const nouns = [...used]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, text]) => `export type ${name} = ${text}\n`)
  return `${HEAD}\n${nouns.join('\n')}\nexport interface Paths {\n${lines.join('')}}\n`
}

/** The text of a schema as a type, for the table of names. */
export const plainType = (json: Json): string => {
  const typeOf = (part: unknown): string => rawType(asObject(part), typeOf)
  return typeOf(json)
}

type TypeOf = (json: unknown) => string

function rawType(json: Json, typeOf: TypeOf): string {
  if ('const' in json) return JSON.stringify(json['const'])
  if (Array.isArray(json['enum'])) return union(json['enum'].map((each) => JSON.stringify(each)))
  const options = json['anyOf'] ?? json['oneOf']
  if (Array.isArray(options)) return union(options.map(typeOf))
  if (Array.isArray(json['allOf'])) return json['allOf'].map(typeOf).join(' & ')
  if (Array.isArray(json['type']))
    return union(json['type'].map((type) => rawType({ ...json, type }, typeOf)))
  switch (json['type']) {
    case 'string':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return Array.isArray(json['prefixItems'])
        ? `[${json['prefixItems'].map(typeOf).join(', ')}]`
        : `Array<${typeOf(json['items'])}>`
    case 'object':
      return objectType(json, typeOf)
    default:
      return 'unknown'
  }
}

function objectType(json: Json, typeOf: TypeOf): string {
  const properties = Object.entries(asObject(json['properties']))
  const required = Array.isArray(json['required']) ? json['required'] : []
  const more = json['additionalProperties']
  const record = typeof more === 'object' && more !== null ? `Record<string, ${typeOf(more)}>` : ''
  if (properties.length === 0) return record === '' ? 'Record<string, unknown>' : record
  const fields = properties.map(([key, part]) => {
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)
    return `${name}${required.includes(key) ? '' : '?'}: ${typeOf(part)}`
  })
  return `{ ${fields.join('; ')} }`
}

const union = (types: readonly string[]): string => {
  const each = [...new Set(types)]
  return each.length > 1 ? `(${each.join(' | ')})` : (each[0] ?? 'never')
}

function parametersType(parameters: readonly Json[], place: string, typeOf: TypeOf) {
  const fields = parameters
    .filter((parameter) => parameter['in'] === place)
    .map(({ name, required, schema }) => `${String(name)}${required ? '' : '?'}: ${typeOf(schema)}`)
  return fields.length === 0 ? undefined : `{ ${fields.join('; ')} }`
}

function bodyType(body: unknown, typeOf: TypeOf): string | undefined {
  const schema = jsonSchemaOf(body)
  if (schema === undefined) return undefined
  const type = typeOf(schema)
  return asObject(body)['required'] === true ? type : `${type} | undefined`
}

function replyType(responses: Record<string, unknown>, typeOf: TypeOf): string {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  const types = good.map(([, response]) => {
    const schema = jsonSchemaOf(response)
    if (schema !== undefined) return typeOf(schema)
    return asObject(response)['content'] === undefined ? 'undefined' : 'string'
  })
  return union(types)
}

function problemsType(responses: Record<string, unknown>): string {
  const codes = Object.entries(responses)
    .filter(([status]) => /^[45]/.test(status))
    .flatMap(([, response]) => {
      const json = asObject(asObject(asObject(response)['content'])['application/json'])
      return Object.keys(asObject(json['examples']))
    })
  return codes.length === 0 ? 'never' : codes.map((code) => `'${code}'`).join(' | ')
}

function jsonSchemaOf(holder: unknown): unknown {
  const content = asObject(asObject(holder)['content'])
  const json = content['application/json']
  return json === undefined ? undefined : asObject(json)['schema']
}

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {}
