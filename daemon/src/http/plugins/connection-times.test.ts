import { Agent, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { type CommandOrigin } from '@vastrox/shared/command-origin.ts'
import { fastify } from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { addressOf } from '#http/address-of.ts'
import { connectionTimes } from '#http/plugins/connection-times.ts'

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
afterEach(() => agent.destroy())

it('says since when the connection of a request is there, however many came over it', async () => {
  let now = Date.parse('2026-11-26T12:00:00.000Z')
  const server = fastify()
  await server.register(connectionTimes(() => new Date(now)))
  server.get('/origin', async ({ origin }) => origin)
  const port = Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port)

  async function ask(over?: Agent): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const options = { port, path: '/origin', host: '127.0.0.1', ...(over && { agent: over }) }
    request(options, (reply) => resolve(json(reply)))
      .on('error', reject)
      .end()
    return promise
  }
  const since = (at: string): CommandOrigin => ({
    kind: 'connection',
    begunAt: `2026-11-26T12:00:${at}.000Z`,
    address: '127.0.0.1',
  })

  expect(await ask(agent)).toEqual(since('00'))
  now += 30_000
  expect(await ask(agent)).toEqual(since('00'))
  expect(await ask()).toEqual(since('30'))
  agent.destroy()
  now += 10_000
  expect(await ask(agent)).toEqual(since('40'))

  await server.close()
})

it('says nothing of what came over no connection', async () => {
  const server = fastify()
  await server.register(connectionTimes(() => new Date()))
  server.get('/origin', async ({ origin }) => origin)

  expect((await server.inject('/origin')).json()).toEqual({ kind: 'unknown' })
})

it('P3 takes the visitor from a trusted proxy alone, and its connection for nobody’s', async () => {
  async function ask(trusted: readonly string[]) {
    const server = fastify({ trustProxy: (address) => trusted.includes(address) })
    await server.register(connectionTimes(() => new Date()))
    server.get('/origin', async (asked) => ({ ...asked.origin, visitor: addressOf(asked) }))
    const port = Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port)
    const headers = { 'x-forwarded-for': '10.9.9.9, 203.0.113.7' }
    const reply = await fetch(`http://127.0.0.1:${port}/origin`, { headers })
    await server.close()
    return reply.json()
  }

  expect(await ask(['127.0.0.1'])).toEqual({ kind: 'unknown', visitor: '203.0.113.7' })
  expect(await ask([])).toMatchObject({ kind: 'connection', visitor: '127.0.0.1' })
})
