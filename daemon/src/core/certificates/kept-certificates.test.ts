import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CertificateRig, createCertificateRig } from '#test/acme/certificate-rig.ts'
import { createTestIssuer } from '#test/acme/issue.ts'
import { createFakeAuthority, problem } from '#test/acme/fake-authority.ts'
import { deployToken, owner } from '#test/fakes/actors.ts'
import { createFakeClock, NOON } from '#test/fakes/clock.ts'
import { AuthorityError } from '#ports/certificate-authority.ts'

const DAY_MS = 86_400_000
const HOST = 'shop.acme-corp.com'
const after = (days: number): Date => new Date(NOON.getTime() + days * DAY_MS)

const newKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

describe('certificates that people bring', () => {
  const issuer = createTestIssuer('Company CA')
  const actor = owner()
  const clock = createFakeClock()
  const authority = createFakeAuthority(clock)
  let rig: CertificateRig
  let published = 0
  beforeEach(() => {
    published = 0
    rig = createCertificateRig({
      clock,
      preflight: async () => ({ ok: true }),
      publish: async () => {
        published += 1
      },
      openAuthority: async () => authority.authority,
    })
  })
  afterEach(() => rig.end())

  const pairFor = (names: string[], from = after(-1), to = after(60)) => {
    const keyPem = newKey()
    return { certificatePem: issuer.issue(keyPem, names, from, to), keyPem }
  }

  it('are served at once for all of their names, wildcards included', async () => {
    const pair = pairFor([HOST, '*.acme-corp.com'])

    const { certificate, warnings } = await rig.kept.upload(actor, pair)

    expect(certificate).toMatchObject({
      names: [HOST, '*.acme-corp.com'],
      source: 'uploaded',
      issuer: 'Company CA',
      isServed: true,
      isTrusted: false,
    })
    expect(warnings).toEqual([expect.stringContaining('Browsers do not know the CA')])
    expect(published).toBe(1)
    expect(rig.service.pairFor('other.acme-corp.com')?.cert).toBe(pair.certificatePem)
    expect(rig.service.stateOf(HOST)).toMatchObject({ state: 'valid' })
  })

  it('take the place of those for the same names, and go when they are removed', async () => {
    await rig.kept.upload(actor, pairFor([HOST]))
    const { certificate } = await rig.kept.upload(actor, pairFor([HOST], after(-1), after(90)))
    expect(rig.kept.list(actor)).toHaveLength(1)

    await rig.kept.remove(actor, certificate.id)

    expect(rig.kept.list(actor)).toEqual([])
    await expect(rig.kept.remove(actor, certificate.id)).rejects.toMatchObject({
      code: 'CERTIFICATE_NOT_FOUND',
    })
  })

  it('are refused in words where a browser would turn them away', async () => {
    const pair = pairFor([HOST])
    const [leaf = '', ca = ''] = pair.certificatePem.split(/(?<=-----END CERTIFICATE-----\n)/)
    const stranger = createTestIssuer('Stranger').certificatePem
    const refused: [typeof pair, string][] = [
      [{ ...pair, keyPem: newKey() }, 'CERTIFICATE_KEY_WRONG'],
      [{ ...pair, keyPem: 'nonsense' }, 'CERTIFICATE_KEY_UNREADABLE'],
      [{ ...pair, certificatePem: 'nonsense' }, 'CERTIFICATE_UNREADABLE'],
      [{ ...pair, certificatePem: leaf + stranger }, 'CERTIFICATE_CHAIN_BROKEN'],
      [{ ...pair, certificatePem: leaf + leaf + ca }, 'CERTIFICATE_CHAIN_BROKEN'],
      [pairFor([HOST], after(-9), after(-2)), 'CERTIFICATE_EXPIRED'],
      [pairFor([HOST], after(2), after(9)), 'CERTIFICATE_EXPIRED'],
    ]
    for (const [upload, code] of refused)
      await expect(rig.kept.upload(actor, upload)).rejects.toMatchObject({ code })
    await expect(rig.kept.upload(deployToken(null), pair)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(rig.kept.list(actor)).toEqual([])
    expect(published).toBe(0)
  })

  it('another CA is asked once it has taken our account, and not before', async () => {
    authority.before = (call) => {
      if (call === 'register')
        throw new AuthorityError('no such customer', { problem: problem('unauthorized', 403) })
    }
    const wish = { name: 'own', directoryUrl: 'https://ca.acme-corp.com/dir' }
    await expect(rig.issuerService.add(actor, wish)).rejects.toMatchObject({
      code: 'ISSUER_UNREACHABLE',
      details: { reason: 'no such customer' },
    })
    expect(rig.issuerService.list(actor).issuers.map(({ name }) => name)).not.toContain('own')

    authority.before = undefined
    const added = await rig.issuerService.add(actor, wish)

    expect(added).toMatchObject({ isEnabled: true, hasBinding: false })
    await expect(rig.issuerService.add(actor, wish)).rejects.toMatchObject({
      code: 'ISSUER_NAME_TAKEN',
    })
    expect(rig.issuerService.change(actor, 'own', { isEnabled: false }).isEnabled).toBe(false)
    rig.issuerService.remove(actor, 'own')
    expect(() => rig.issuerService.remove(actor, 'own')).toThrow(
      expect.objectContaining({ code: 'ISSUER_NOT_FOUND' }),
    )
  })
})
