import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { clientTypes, plainType } from '#test/client/client-types.ts'
import { createFullServer, type FullServer } from '#test/full-server.ts'

const SHARED = new URL('../../../shared/src/', import.meta.url)
const FILE = new URL('client/api-types.ts', SHARED)

describe('the types of the client in shared', () => {
  let server: FullServer
  beforeAll(async () => {
    server = await createFullServer()
  })
  afterAll(() => server.fastify.close())

  it('are those of the OpenAPI document: `pnpm client` makes them anew', async () => {
    const document = (await server.fastify.inject('/api/v1/openapi.json')).json()

    await expect(clientTypes(document, await nouns())).toMatchFileSnapshot(FILE.pathname)
  })
})

/** Nouns of shared by the text of their type; of two with the same text the first by name. */
async function nouns(): Promise<Map<string, string>> {
  const named = new Map<string, string>()
  const taken = new Set<string>()
  const files = (await readdir(SHARED))
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => !/\.test\.ts$|^agent-api/.test(file))
    .toSorted()
  for (const file of files) {
    const module: Record<string, unknown> = await import(new URL(file, SHARED).href)
    for (const [name, value] of Object.entries(module)) {
      if (!(value instanceof z.ZodObject) || taken.has(name)) continue
      for (const io of ['output', 'input'] as const) {
        const text = plainType(z.toJSONSchema(value, { io, unrepresentable: 'any' }))
        const own = io === 'output' || !taken.has(name) ? name : `${name}Input`
        if (named.has(text) || !text.startsWith('{')) continue
        named.set(text, own)
        taken.add(own)
      }
    }
  }
  return named
}
