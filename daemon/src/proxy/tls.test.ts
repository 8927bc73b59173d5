import { X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRig, HOST, instanceAt, type Rig, routeTo, until } from '#test/proxy/rig.ts'
import { createDefaultCertificate } from './default-certificate.ts'

const certificateFor = (id: string, ...hosts: string[]) => ({
  id,
  hosts,
  ...createDefaultCertificate(new Date()),
})

describe('TLS', () => {
  let rig: Rig
  let instancePort = 0
  beforeEach(async () => {
    rig = await createRig({ https: true })
    const upstream = await rig.upstream((req, res) => {
      res.end(['x-forwarded-proto', 'x-forwarded-port'].map((name) => req.headers[name]).join(' '))
    })
    instancePort = upstream.port
  })
  afterEach(() => rig.end())

  /** What a client meets that names this host. The certificates here are of no CA: they are compared. */
  async function shake(servername: string | undefined, options: object = {}) {
    const socket: TLSSocket = connect({
      port: rig.httpsPort,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ...(servername === undefined ? {} : { servername }),
      ...options,
    })
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
    })
    const met = {
      certificate: new X509Certificate(socket.getPeerCertificate().raw).toString(),
      protocol: socket.getProtocol(),
      alpn: socket.alpnProtocol,
    }
    socket.destroy()
    return met
  }

  const sameAs = (certificate: { certificatePem: string }): string =>
    new X509Certificate(certificate.certificatePem).toString()

  function get(servername: string, host: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const req = request(
      {
        port: rig.httpsPort,
        host: '127.0.0.1',
        servername,
        headers: { host },
        rejectUnauthorized: false,
        agent: false,
      },
      (res) => {
        let text = `${res.statusCode} `
        res.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        res.on('end', () => resolve(text))
      },
    )
    req.on('error', reject)
    req.end()
    return promise
  }

  it('shows the certificate of the host: exact before wildcard, one level only', async () => {
    const exact = certificateFor('exact', HOST)
    const wild = certificateFor('wild', '*.apps.test')
    const inner = certificateFor('inner', 'one.apps.test')
    await rig.publish([], { certificates: [exact, wild, inner] })

    expect((await shake(HOST)).certificate).toBe(sameAs(exact))
    expect((await shake('APP.Test')).certificate).toBe(sameAs(exact))
    expect((await shake('two.apps.test')).certificate).toBe(sameAs(wild))
    expect((await shake('one.apps.test')).certificate).toBe(sameAs(inner))
    expect(rig.worker.counters.unknownServerNames).toBe(0)
    for (const name of ['a.two.apps.test', 'apps.test', 'x.test'])
      expect([sameAs(exact), sameAs(wild), sameAs(inner)]).not.toContain(
        (await shake(name)).certificate,
      )
  })

  it('R8 shows a certificate that says nothing to unknown names and to none, and counts the names', async () => {
    await rig.publish([], { certificates: [certificateFor('exact', HOST)] })

    const unknown = await shake('stranger.test')
    const none = await shake(undefined)

    expect(unknown.certificate).toBe(none.certificate)
    expect(new X509Certificate(unknown.certificate).subject).toBe('CN=no app here')
    expect(rig.worker.counters.unknownServerNames).toBe(1)
    expect(rig.worker.plane.refusals.take()).toEqual([
      { address: '127.0.0.1', count: 0, strays: 1 },
    ])
    expect(await get('stranger.test', 'stranger.test')).toMatch(/^404 /)
  })

  it('R3 takes a renewed certificate with the next snapshot, and is not hurt by a broken one', async () => {
    const old = certificateFor('old', HOST)
    const renewed = certificateFor('renewed', HOST)
    await rig.publish([], { certificates: [old] })
    expect((await shake(HOST)).certificate).toBe(sameAs(old))

    await rig.publish([routeTo([instanceAt(instancePort)])], {
      certificates: [{ ...certificateFor('broken', 'broken.test'), keyPem: 'nonsense' }, renewed],
    })

    expect((await shake(HOST)).certificate).toBe(sameAs(renewed))
    expect(new X509Certificate((await shake('broken.test')).certificate).subject).toBe(
      'CN=no app here',
    )
    expect(rig.said).toEqual([expect.stringContaining('certificate broken')])
  })

  it('P10 speaks TLS 1.2 and 1.3 with forward secrecy, HTTP/2 and HTTP/1.1, and nothing older', async () => {
    await rig.publish([], { certificates: [certificateFor('exact', HOST)] })

    expect(await shake(HOST, { ALPNProtocols: ['h2', 'http/1.1'] })).toMatchObject({
      protocol: 'TLSv1.3',
      alpn: 'h2',
    })
    expect(await shake(HOST, { ALPNProtocols: ['http/1.1'] })).toMatchObject({ alpn: 'http/1.1' })
    expect(await shake(HOST)).toMatchObject({ alpn: false })
    expect(await shake(HOST, { maxVersion: 'TLSv1.2' })).toMatchObject({ protocol: 'TLSv1.2' })
    await expect(
      shake(HOST, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
    ).rejects.toThrow(/alert protocol version/)
    await expect(
      shake(HOST, { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }),
    ).rejects.toThrow(/alert handshake failure/)
  })

  it('says https to the app, and P10 answers 421 where handshake and Host differ', async () => {
    await rig.publish([routeTo([instanceAt(instancePort)])], {
      certificates: [certificateFor('exact', HOST)],
    })

    expect(await get(HOST, HOST)).toBe('200 https 443')
    expect(await get(HOST, `${HOST}:8444`)).toBe('200 https 8444')
    expect(await get('other.test', HOST)).toMatch(/^421 /)
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'P10 a session of one worker is resumed by another (%s)',
    async (version) => {
      const certificates = [certificateFor('exact', HOST), certificateFor('other', 'other.test')]
      await rig.publish([], { certificates })
      const second = await rig.start({ worker: 1 })
      await until(() => second.generation() === rig.worker.generation())
      rig.onEnd(() => second.stop())

      const session = await sessionOf(version)
      const resumed = await Promise.all(
        [second.ports.https, rig.httpsPort].map((port) =>
          resumes(port ?? 0, HOST, session, version),
        ),
      )

      expect(resumed).toEqual([true, true])
      expect(await resumes(rig.httpsPort, 'other.test', session, version)).toBe(false)
    },
  )

  function sessionOf(version: 'TLSv1.2' | 'TLSv1.3'): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    const socket = connect({
      port: rig.httpsPort,
      host: '127.0.0.1',
      servername: HOST,
      rejectUnauthorized: false,
      maxVersion: version,
    })
    socket.once('error', reject)
    socket.once('session', (session) => {
      socket.destroy()
      resolve(session)
    })
    return promise
  }

  function resumes(
    port: number,
    servername: string,
    session: Buffer,
    maxVersion: 'TLSv1.2' | 'TLSv1.3',
  ): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    const options = { port, host: '127.0.0.1', servername, session, maxVersion }
    const socket: TLSSocket = connect({ ...options, rejectUnauthorized: false })
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(socket.isSessionReused())
      socket.destroy()
    })
    return promise
  }

  it('breaks off for HTTP/1.0 what an app broke off, and serves on', async () => {
    const { port } = await rig.rawUpstream((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')
        setTimeout(() => socket.destroy(), 50)
      })
    })
    await rig.publish([routeTo([instanceAt(port)])], {
      certificates: [certificateFor('exact', HOST)],
    })
    const options = { port: rig.httpsPort, host: '127.0.0.1', servername: HOST }
    const socket: TLSSocket = connect({ ...options, rejectUnauthorized: false })
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.write(`GET / HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`)
    await new Promise((resolve) => socket.once('close', resolve))

    expect(text.endsWith('half')).toBe(true)
    expect((await shake(HOST)).protocol).toBe('TLSv1.3')
  })

  it('is stopped without breaking a kept connection or a handshake', async () => {
    await rig.publish([routeTo([instanceAt(instancePort)])], {
      certificates: [certificateFor('exact', HOST)],
    })
    const ask = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`
    const options = { port: rig.httpsPort, host: '127.0.0.1', servername: HOST }
    const kept: TLSSocket = connect({ ...options, rejectUnauthorized: false })
    const late: TLSSocket = connect({ ...options, rejectUnauthorized: false })
    const texts = ['', '']
    const closed = [kept, late].map((socket, index) => {
      socket.on('data', (chunk) => {
        texts[index] += chunk.toString()
      })
      return new Promise((resolve) => socket.once('close', resolve))
    })
    kept.write(ask)
    await until(() => texts[0]?.includes('https 443') === true)

    const stopped = rig.worker.stop()
    kept.write(ask)
    late.write(ask)
    await Promise.all([...closed, stopped])

    expect(texts[0]?.match(/https 443/g)).toHaveLength(2)
    expect(texts[1]).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close[^]*https 443/)
  })
})
