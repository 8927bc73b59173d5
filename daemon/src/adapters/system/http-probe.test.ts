import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { httpProbe } from '#adapters/system/http-probe.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function portOf(server: Server): Promise<number> {
  servers.push(server)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const ask = (port: number, timeoutMs = 2_000) =>
  httpProbe.get(
    { host: '127.0.0.1', port, path: '/up', hostHeader: 'hello.localhost' },
    timeoutMs,
    new AbortController().signal,
  )

describe('the health probe', () => {
  it('asks as a visitor of the app’s host would, and follows no redirect', async () => {
    const seen: IncomingMessage[] = []
    const port = await portOf(
      createHttpServer((request, response) => {
        seen.push(request)
        response.writeHead(302, { location: 'https://elsewhere.example/' }).end()
      }),
    )

    expect(await ask(port)).toEqual({ kind: 'answered', status: 302 })
    expect(seen.map(({ url }) => url)).toEqual(['/up'])
    expect(seen[0]?.headers).toMatchObject({
      host: 'hello.localhost',
      'x-forwarded-proto': 'http',
    })
  })

  it('is refused where nothing listens', async () => {
    const server = createServer()
    const port = await portOf(server)
    await new Promise((resolve) => server.close(resolve))

    expect(await ask(port)).toEqual({ kind: 'refused' })
  })

  it('says what came instead of an answer', async () => {
    const never = await portOf(createServer(() => {}))
    const other = await portOf(createServer((socket) => socket.end('220 mail.example ready\r\n')))
    const broken = await portOf(createServer((socket) => socket.resetAndDestroy()))

    expect(await ask(never, 100)).toEqual({ kind: 'silent', detail: 'within 100 ms' })
    expect(await ask(other)).toEqual({ kind: 'silent', detail: 'what came is not HTTP' })
    expect(await ask(broken)).toEqual({ kind: 'silent', detail: 'the connection broke' })
  })
})
