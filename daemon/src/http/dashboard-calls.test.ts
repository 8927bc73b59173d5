import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFullServer, type FullServer } from '#test/full-server.ts'

const DASHBOARD = join(import.meta.dirname, '../../../dashboard')
/** Of the stand-in itself. */
const MOCK_ONLY = ['POST /mock/expire']
const HANDLER = /'((?:GET|POST|PUT|PATCH|DELETE) \/[^']*)'/g
const CALL = /\bapi\.(get|post|put|patch|delete)\(\s*(?:'([^']*)'|`([^`]*)`)/g

const textsIn = (folder: string): string[] =>
  readdirSync(join(DASHBOARD, folder), { recursive: true, withFileTypes: true })
    .filter(({ name }) => /\.tsx?$/.test(name) && !name.includes('.test.'))
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))

/** `/apps/:name/env` and `/apps/${app}/env?reveal=true` are one place. */
const placeOf = (path: string): string[] =>
  path
    .replaceAll(/\$\{[^}]*\}|:\w*/g, ':')
    .replace(/\?.*$/, '')
    .split('/')

const isOne = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length &&
  one.every((part, at) => part === other[at] || part === ':' || other[at] === ':')

describe('the dashboard asks for what there is', () => {
  let server: FullServer
  beforeAll(async () => {
    server = await createFullServer()
  })
  afterAll(() => server.fastify.close())

  const missing = (calls: readonly string[]): string[] =>
    calls.filter((call) => {
      const [method, path = ''] = call.split(' ')
      return !server.routes.some(
        (route) => route.method === method && isOne(placeOf(route.url), placeOf(`/api/v1${path}`)),
      )
    })

  it('in its sources', () => {
    const calls = textsIn('src').flatMap((text) =>
      [...text.matchAll(CALL)].flatMap(([, method = '', plain, template]) => {
        const path = plain ?? template ?? ''
        // What begins with a variable is said elsewhere.
        return path.startsWith('/') ? `${method.toUpperCase()} ${path}` : []
      }),
    )

    expect(calls.length).toBeGreaterThan(100)
    expect(missing(calls)).toEqual([])
  })

  it('and its stand-in answers to nothing else: a page that is green there is green here', () => {
    const handlers = textsIn('test')
      .flatMap((text) => [...text.matchAll(HANDLER)].map(([, handler = '']) => handler))
      .filter((handler) => !MOCK_ONLY.includes(handler))

    expect(handlers.length).toBeGreaterThan(100)
    expect(missing(handlers)).toEqual([])
  })
})
