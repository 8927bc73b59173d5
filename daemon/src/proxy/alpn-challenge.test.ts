import { createHash, X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDefaultCertificate } from './default-certificate.ts'
import { createRig, type Rig } from '#test/proxy/rig.ts'

const HOST = 'proof.example.com'
const KEY_AUTHORIZATION = 'token.thumbprint'

describe('TLS-ALPN-01 on the HTTPS port (RFC 8737)', () => {
  let rig: Rig
  beforeEach(async () => {
    rig = await createRig({ https: true })
    const { certificatePem, keyPem } = createDefaultCertificate(new Date())
    await rig.publish([], {
      certificates: [{ id: 'own', hosts: [HOST], certificatePem, keyPem }],
      alpnChallenges: [
        { name: HOST, keyAuthorization: KEY_AUTHORIZATION },
        { name: '192.0.2.7', keyAuthorization: KEY_AUTHORIZATION },
        { name: '2001:db8::1', keyAuthorization: KEY_AUTHORIZATION },
      ],
    })
  })
  afterEach(() => rig.end())

  /** What is shown to who offers these protocols; undefined where the handshake fails. */
  async function shown(servername: string, ALPNProtocols: string[], options: object = {}) {
    const { promise, resolve } = Promise.withResolvers<
      { protocol: string | false | null; certificate: X509Certificate | undefined } | undefined
    >()
    const socket = connect({
      host: '127.0.0.1',
      port: rig.httpsPort,
      servername,
      ALPNProtocols,
      // Read, not believed: a CA goes by the digest that is in it.
      checkServerIdentity: () => undefined,
      rejectUnauthorized: false,
      ...options,
    })
    socket.once('error', () => resolve(undefined))
    socket.once('secureConnect', () => {
      resolve({ protocol: socket.alpnProtocol, certificate: socket.getPeerX509Certificate() })
      socket.destroy()
    })
    return promise
  }
  const digest = createHash('sha256').update(KEY_AUTHORIZATION).digest('hex')

  it.each([
    [HOST, `DNS:${HOST}`],
    ['7.2.0.192.in-addr.arpa', 'IP Address:192.0.2.7'],
    [
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
      'IP Address:2001:DB8:0:0:0:0:0:1',
    ],
  ])('shows %s a certificate with the digest of the answer', async (servername, name) => {
    const seen = await shown(servername, ['acme-tls/1'])

    expect(seen?.protocol).toBe('acme-tls/1')
    expect(seen?.certificate?.subjectAltName).toBe(name)
    // acmeIdentifier, critical, an octet string of 32 bytes.
    expect(seen?.certificate?.raw.toString('hex')).toContain(
      `06082b0601050507011f0101ff04220420${digest}`,
    )
  })

  it('shows it to a CA that speaks TLS 1.2 as well', async () => {
    const seen = await shown(HOST, ['acme-tls/1'], { maxVersion: 'TLSv1.2' })

    expect(seen?.certificate?.subjectAltName).toBe(`DNS:${HOST}`)
  })

  it('shows visitors of the same name its own certificate meanwhile', async () => {
    const seen = await shown(HOST, ['h2', 'http/1.1'])

    expect(seen?.protocol).toBe('h2')
    expect(seen?.certificate?.subject).toBe('CN=no app here')
    expect(await shown(HOST, ['http/1.1'])).toMatchObject({ protocol: 'http/1.1' })
  })

  it('answers nobody who asks for another name, or offers more than a CA does', async () => {
    expect(await shown('other.example.com', ['acme-tls/1'])).toBeUndefined()
    expect(await shown(HOST, ['acme-tls/1', 'http/1.1'])).toBeUndefined()
    expect(await shown(HOST, ['spdy/3'])).toBeUndefined()
  })
})
