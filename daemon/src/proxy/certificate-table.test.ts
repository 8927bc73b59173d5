import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCertificateTable } from './certificate-table.ts'
import { createDefaultCertificate } from './default-certificate.ts'

const certificate = (id: string, ...hosts: string[]) => ({
  id,
  hosts,
  ...createDefaultCertificate(new Date()),
})

const table = (max?: number) => {
  const said: string[] = []
  return { said, certificates: createCertificateTable((line) => said.push(line), max) }
}

describe('certificates by host', () => {
  it('speak for each other only where both hosts are shown the same', () => {
    const { certificates } = table()
    certificates.replace([
      certificate('wild', '*.apps.test', 'apps.test'),
      certificate('own', 'own.apps.test'),
      certificate('other', 'other.test'),
    ])

    expect(certificates.speaksFor('a.apps.test', 'b.apps.test')).toBe(true)
    expect(certificates.speaksFor('a.apps.test', 'APPS.test')).toBe(true)
    expect(certificates.speaksFor('a.apps.test', 'own.apps.test')).toBe(false)
    expect(certificates.speaksFor('a.apps.test', 'x.a.apps.test')).toBe(false)
    expect(certificates.speaksFor('other.test', 'a.apps.test')).toBe(false)
    expect(certificates.speaksFor('unknown.test', 'stranger.test')).toBe(false)
  })

  it('keep the context of what did not change, and no more of them than they may', () => {
    const { certificates } = table(3)
    const all = Array.from({ length: 5 }, (_, index) => certificate(`c${index}`, `h${index}.test`))
    certificates.replace(all)
    const [first] = all.map(({ hosts }) => certificates.find(hosts[0] ?? ''))

    expect(certificates.contexts).toBe(3)
    const last = certificates.find('h4.test')
    certificates.replace(all.map((each) => ({ ...each })))
    expect(certificates.find('h4.test')).toBe(last)
    expect(certificates.find('h0.test')).not.toBe(first)
    certificates.replace([])
    expect(certificates.contexts).toBe(0)
  })

  it('are said once more to be broken where somebody asks, and hurt nobody', () => {
    const { certificates, said } = table()
    certificates.replace([
      { ...certificate('broken', 'a.test'), keyPem: 'nonsense' },
      certificate('whole', 'a.test', 'b.test'),
    ])

    expect(certificates.find('a.test')).toBeDefined()
    expect(certificates.find('b.test')).toBeDefined()
    expect(said).toEqual([expect.stringContaining('certificate broken')])
  })

  /** The key is one of another pair: it can be read, and no TLS server can show the two. */
  const mismatched = (id: string, ...hosts: string[]) => ({
    ...certificate(id, ...hosts),
    keyPem: certificate('other').keyPem,
  })

  it('that no TLS server can show are tried and told once, and the next best is shown', () => {
    const { certificates, said } = table()
    const broken = mismatched('broken', 'a.apps.test')
    certificates.replace([broken, certificate('wild', '*.apps.test')])

    const wild = certificates.find('b.apps.test')
    expect(wild).toBeDefined()
    for (let handshake = 0; handshake < 100; handshake += 1)
      expect(certificates.find('a.apps.test')).toBe(wild)
    expect(certificates.speaksFor('a.apps.test', 'b.apps.test')).toBe(true)
    // A snapshot that changes nothing of it does not try it again.
    certificates.replace([{ ...broken }, certificate('wild', '*.apps.test')])
    expect(certificates.find('a.apps.test')).toBeDefined()
    expect(said).toEqual([expect.stringContaining('certificate broken')])

    certificates.replace([certificate('mended', 'a.apps.test')])
    expect(certificates.find('a.apps.test')).toBeDefined()
    expect(said).toHaveLength(1)
  })

  it('of one host stand in for each other where the newer one is broken', () => {
    const { certificates, said } = table()
    certificates.replace([certificate('older', 'a.test'), mismatched('newer', 'a.test')])

    expect(certificates.find('a.test')).toBeDefined()
    expect(certificates.find('a.test')).toBeDefined()
    expect(said).toEqual([expect.stringContaining('certificate newer')])
  })

  it('R12 are of both kinds of key for a host that has both', () => {
    const directory = mkdtempSync(join(tmpdir(), 'vastrox-rsa-'))
    const [key, pem] = ['key.pem', 'cert.pem'].map((name) => join(directory, name))
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=rsa'].concat(
        '-keyout',
        key ?? '',
        '-out',
        pem ?? '',
      ),
      { stdio: 'ignore' },
    )
    const { certificates, said } = table()
    certificates.replace([
      certificate('ecdsa', 'a.test'),
      {
        id: 'rsa',
        hosts: ['a.test'],
        certificatePem: readFileSync(pem ?? '', 'utf8'),
        keyPem: readFileSync(key ?? '', 'utf8'),
      },
    ])
    rmSync(directory, { recursive: true })

    expect(certificates.find('a.test')).toBeDefined()
    expect(said).toEqual([])
  })
})
