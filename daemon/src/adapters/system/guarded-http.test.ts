import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { createGuardedHttp } from '#adapters/system/guarded-http.ts'
import { certificateIn } from '#test/certificate.ts'

describe('HTTP to addresses that users name (rule C11), as webhooks go out', () => {
  let folder: string
  let pair: ReturnType<typeof certificateIn>
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-guarded-'))
    pair = certificateIn(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function serve(listener: RequestListener, allowed = ['127.0.0.0/8']) {
    const server = createServer({ key: pair.key, cert: pair.cert }, listener)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const addresses = createGuardedAddresses({ allowed: () => allowed, lowPorts: [443] })
    const http = createGuardedHttp({ addresses, extraCa: () => pair.cert })
    const url = `https://localhost:${port}/in`
    return (wish = {}) =>
      http.send({ method: 'POST', url, body: '{"type":"webhook.test"}', ...wish })
  }

  it('reads no more of an answer without an end than was asked for', async () => {
    let isClosed = false
    const send = await serve((request, response) => {
      request.resume()
      response.on('close', () => {
        isClosed = true
      })
      const timer = setInterval(() => response.write('x'.repeat(600)), 5)
      response.on('close', () => clearInterval(timer))
    })

    const reply = await send({ cutAtBytes: 1_024 })

    expect(reply).toMatchObject({ status: 200, body: 'x'.repeat(1_024) })
    await expect.poll(() => isClosed).toBe(true)
  })

  it('gives a redirect as it is, without a step to where it leads', async () => {
    const asked: string[] = []
    const send = await serve((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(302, { location: 'https://localhost/private' }).end()
    })

    expect(await send({ cutAtBytes: 1_024 })).toMatchObject({ status: 302 })
    expect(asked).toEqual(['/in'])
  })

  it('connects to no private address that was not allowed, and sends nothing to it', async () => {
    let isAsked = false
    const send = await serve(() => {
      isAsked = true
    }, [])

    await expect(send()).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' })
    expect(isAsked).toBe(false)
  })

  it('does not wait for an answer for longer than was said', async () => {
    const send = await serve((request) => request.resume())

    await expect(send({ timeoutMs: 200 })).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
      details: { reason: expect.stringContaining('no answer in time') },
    })
  })
})
