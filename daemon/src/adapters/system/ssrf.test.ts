import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { Resolver } from 'node:dns/promises'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { hostNameOf, parseGitUrl, portOf } from '@vastrox/shared/git-url.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { createGuardedDownload } from '#adapters/system/guarded-download.ts'
import { createGuardedHttp } from '#adapters/system/guarded-http.ts'
import { connectSsh } from '#adapters/system/guarded-ssh.ts'
import { takesConnections } from '#adapters/system/port-knock.ts'
import { createReachProbe } from '#adapters/system/reach-probe.ts'
import { certificateIn } from '#test/certificate.ts'
import { createDnsServer, type DnsServer } from '#test/dns-server.ts'
import { HOSTILE_NAMES, HOSTILE_URLS, NOT_URLS } from '#test/hostile-urls.ts'

const Address = z.object({ port: z.int() })
const refused = expect.objectContaining({ code: 'ADDRESS_REFUSED' })
const PUBLIC = '93.184.215.14'

/** As the system's own does, of names; what looks like a number never gets to it. */
const lookupAll = async (host: string): Promise<readonly string[]> => {
  if (host === 'public.example') return [PUBLIC]
  const found = HOSTILE_NAMES[host]
  if (found === undefined) throw new Error(`${host} was looked up`)
  return found
}
const guard = createGuardedAddresses({ allowed: () => [], lookupAll })

describe('addresses that a user gives (rule C11)', () => {
  it('are more than a hundred in this battery', () => {
    expect(new Set(HOSTILE_URLS).size).toBe(HOSTILE_URLS.length)
    expect(HOSTILE_URLS.length).toBeGreaterThan(100)
  })

  it.each(HOSTILE_URLS)('are not connected to: %s, as a repository', async (text) => {
    const parsed = parseGitUrl(text)
    // What cannot be read is refused before anybody looks it up.
    const asked =
      'reason' in parsed
        ? Promise.reject(new CodedError('ADDRESS_REFUSED', parsed))
        : guard.resolve(hostNameOf(parsed.url), portOf(parsed.url))
    await expect(asked).rejects.toEqual(refused)
  })

  it.each(HOSTILE_URLS)('are not connected to: %s, as the API of a Git host', async (url) => {
    // `http://2130706433/` is 127.0.0.1 already when it has been read; what cannot be read is no URL.
    await expect(
      createGuardedHttp({ addresses: guard }).send({ method: 'GET', url }),
    ).rejects.toSatisfy((error) => refused.asymmetricMatch(error) || error instanceof TypeError)
  })

  it.each(NOT_URLS)('are no repository at all: %j', (text) => {
    expect(parseGitUrl(text)).toHaveProperty('reason')
  })

  it('are this server itself only at the ports that everybody has', async () => {
    const own = createGuardedAddresses({
      allowed: () => [],
      lookupAll,
      own: () => ({ addresses: [PUBLIC], ports: [443] }),
    })

    expect(await own.resolve('public.example', 443)).toEqual([PUBLIC])
    for (const port of [22, 2222, 2375, 5432, 6379, 8443])
      await expect(own.resolve('public.example', port)).rejects.toEqual(refused)
    await expect(own.resolve(`::ffff:${PUBLIC}`, 2375)).rejects.toEqual(refused)
  })
})

/**
 * A name whose first answer may be reached and whose later ones are another machine: whoever looks
 * it up a second time ends there. The one is 127.0.0.2 here, which the operator has allowed, and the
 * other 127.0.0.3.
 */
describe('a name that leads somewhere else when it is asked again (DNS rebinding)', () => {
  let folder: string
  let pair: ReturnType<typeof certificateIn>
  let ca: string
  let dns: DnsServer
  let port: number
  let allowed: Server
  let inside: Server
  let reached = 0
  let trespassed = 0

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-ssrf-'))
    pair = certificateIn(folder)
    ca = pair.cert
    allowed = createTlsServer({ ...pair }, (socket) => {
      socket.on('error', () => {})
      socket.once('data', () =>
        socket.end(
          'HTTP/1.1 302 Found\r\nLocation: https://127.0.0.3/\r\nContent-Length: 0\r\n\r\n',
        ),
      )
    })
    allowed.on('connection', () => {
      reached += 1
    })
    allowed.listen(0, '127.0.0.2')
    await once(allowed, 'listening')
    port = Address.parse(allowed.address()).port
    inside = createServer((socket) => {
      trespassed += 1
      socket.destroy()
    })
    inside.listen(port, '127.0.0.3')
    await once(inside, 'listening')
    dns = await createDnsServer({ 'rebind.test': { A: ['127.0.0.2'] } }, { ttl: 0 })
  })
  afterAll(async () => {
    await dns.close()
    allowed.close()
    inside.close()
    rmSync(folder, { recursive: true })
  })

  /** Its resolver asks the name server each time, which says another thing from the second on. */
  function rebinding() {
    const resolver = new Resolver({ timeout: 1_000, tries: 2 })
    resolver.setServers([dns.address])
    let asked = 0
    dns.set({ 'rebind.test': { A: ['127.0.0.2'] } })
    const addresses = createGuardedAddresses({
      allowed: () => ['127.0.0.2/32'],
      async lookupAll(host) {
        asked += 1
        const found = await resolver.resolve4(host)
        dns.set({ 'rebind.test': { A: ['127.0.0.3'] } })
        return found
      },
    })
    return { addresses, asked: () => asked }
  }

  const url = () => `https://rebind.test:${port}/a`
  const WAYS: Record<
    string,
    (addresses: ReturnType<typeof rebinding>['addresses']) => Promise<unknown>
  > = {
    'the API of a Git host': (addresses) =>
      createGuardedHttp({ addresses, extraCa: () => ca }).send({ method: 'GET', url: url() }),
    'a file of Git LFS': (addresses) =>
      createGuardedDownload({ addresses, extraCa: () => ca })({
        url: url(),
        headers: {},
        sizeBytes: 1,
        sha256: '0'.repeat(64),
        file: join(folder, 'object'),
        what: 'The file',
        signal: undefined,
      }),
    'SSH and SFTP': (addresses) =>
      connectSsh(addresses, { host: 'rebind.test', port, user: 'git', hostKey: null }),
    'the look at a domain': (addresses) =>
      createReachProbe({ guard: addresses }).ask(
        { host: 'rebind.test', address: 'rebind.test', port, path: '/' },
        AbortSignal.timeout(5_000),
      ),
    'the knock at a port': (addresses) =>
      takesConnections(addresses, { address: 'rebind.test', port }, AbortSignal.timeout(5_000)),
  }

  it.each(Object.keys(WAYS))('is connected to where it was looked at, by %s', async (way) => {
    const { addresses, asked } = rebinding()
    const before = { reached, trespassed }

    // What answers there is not what was expected: it is only about who was asked.
    await WAYS[way]?.(addresses).catch(() => undefined)

    expect(asked()).toBe(1)
    expect(reached).toBe(before.reached + 1)
    expect(trespassed).toBe(before.trespassed)
    await expect(addresses.resolve('rebind.test', port)).rejects.toEqual(refused)
    expect(readdirSync(folder)).not.toContain('object')
  })

  it('is not followed to where it sends us on to', async () => {
    const sending = createTlsServer({ ...pair }, (socket) => {
      socket.on('error', () => {})
      const to = `https://127.0.0.3:${port}/`
      socket.once('data', () =>
        socket.end(`HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`),
      )
    })
    sending.listen(0, '127.0.0.1')
    await once(sending, 'listening')
    const addresses = createGuardedAddresses({ allowed: () => ['127.0.0.1/32'] })
    const from = `https://127.0.0.1:${Address.parse(sending.address()).port}/`
    const before = trespassed

    const reply = await createGuardedHttp({ addresses, extraCa: () => ca }).send({
      method: 'GET',
      url: from,
    })
    sending.close()

    expect(reply.status).toBe(302)
    expect(trespassed).toBe(before)
  })
})
