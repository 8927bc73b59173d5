import { Agent, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { type CommandOrigin } from '@vastrox/shared/command-origin.ts'
import { fastify } from 'fastify'
import { afterEach, expect, it } from 'vitest'
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
