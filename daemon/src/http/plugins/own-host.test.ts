import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { ownHost } from '#http/plugins/own-host.ts'

it('takes what is no name of a host for none of ours, whatever our address is written like', async () => {
  const server = fastify()
  // '' is what becomes of an address that is no host name either.
  await server.register(ownHost({ names: () => ['example.com', ''], isTrustedProxy: () => false }))
  server.get('/', async () => 'here')
  const statusOf = async (host: string): Promise<number> =>
    (await server.inject({ url: '/', headers: { host } })).statusCode

  expect(await statusOf('example.com')).toBe(200)
  expect(await statusOf('a!b.evil.example')).not.toBe(200)
  await server.close()
})
