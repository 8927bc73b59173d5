import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createLocalAuthority,
  dashboardNames,
  permittedNames,
} from '#adapters/system/local-authority.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vastrox-authority-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const permitted = () => permittedNames('example.com', '203.0.113.7')
const DAY_MS = 86_400_000

describe('the local CA', () => {
  it('keeps its key from everybody else and is the same one when it is opened again', async () => {
    const first = await createLocalAuthority({ directory, permitted }).certificate()

    const again = await createLocalAuthority({ directory, permitted }).certificate()

    expect(again).toBe(first)
    expect((await stat(join(directory, 'ca.key'))).mode & 0o777).toBe(0o600)
    expect(new X509Certificate(first).ca).toBe(true)
    expect((await readdir(directory)).toSorted()).toEqual(['ca.key', 'ca.pem', 'permitted.json'])
  })

  it('signs an ECDSA leaf for names and addresses, for 90 days, with the CA after it', async () => {
    const authority = createLocalAuthority({ directory, permitted })

    const issued = await authority.issue(dashboardNames('example.com', '203.0.113.7'))

    const leaf = new X509Certificate(issued.certificatePem)
    expect(leaf.subjectAltName).toBe(
      'DNS:example.com, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:203.0.113.7',
    )
    expect(leaf.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect(leaf.ca).toBe(false)
    expect(leaf.verify(new X509Certificate(await authority.certificate()).publicKey)).toBe(true)
    expect(Math.round((issued.notAfter.getTime() - Date.now()) / DAY_MS)).toBe(90)
    expect(issued.certificatePem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
  })

  it('refuses a name outside of its constraints', async () => {
    const authority = createLocalAuthority({ directory, permitted })

    await expect(authority.issue(['shop.example.org'])).rejects.toThrow('may not sign')
  })

  it('is replaced when the base domain is no longer within its constraints', async () => {
    const before = await createLocalAuthority({ directory, permitted }).certificate()

    const moved = createLocalAuthority({
      directory,
      permitted: () => permittedNames('example.net', '203.0.113.7'),
    })

    expect(await moved.certificate()).not.toBe(before)
    await expect(moved.issue(['app.example.net'])).resolves.toBeDefined()
  })

  it('is replaced when it may sign for a name that the installation has no longer', async () => {
    const before = await createLocalAuthority({ directory, permitted }).certificate()

    const narrowed = createLocalAuthority({
      directory,
      permitted: () => permittedNames('localhost', '127.0.0.1'),
    })

    expect(await narrowed.certificate()).not.toBe(before)
    await expect(narrowed.issue(['example.com'])).rejects.toThrow('may not sign')
  })

  it('signs for names from before by the CA that people trust for them, and has it back after an undo', async () => {
    let base = 'example.com'
    let formers: string[] = []
    const authority = createLocalAuthority({
      directory,
      permitted: () => permittedNames(base, '203.0.113.7'),
      formers: () => formers,
    })
    const first = await authority.certificate()

    base = 'example.net'
    formers = ['example.com']
    const second = await authority.certificate()
    const [ours, before] = [
      await authority.issue(['app.example.net']),
      await authority.issue(['app.example.com']),
    ]
    expect(second).not.toBe(first)
    expect(new X509Certificate(ours.certificatePem).verify(keyOf(second))).toBe(true)
    expect(new X509Certificate(before.certificatePem).verify(keyOf(first))).toBe(true)
    expect(await authority.formerCertificates()).toEqual([first])
    expect(authority.covers('app.example.com')).toBe(true)

    // It has ended: nobody gets a certificate of it any more.
    formers = []
    expect(authority.covers('app.example.com')).toBe(false)

    base = 'example.com'
    formers = ['example.net']
    expect(await authority.certificate()).toBe(first)
    expect(await authority.formerCertificates()).toEqual([second])
  })

  it('signs for a domain of now by its own CA also where one from before is above it', async () => {
    let base = 'example.com'
    const authority = createLocalAuthority({
      directory,
      permitted: () => permittedNames(base, '203.0.113.7'),
      formers: () => (base === 'example.com' ? [] : ['example.com']),
    })
    const first = await authority.certificate()
    base = 'apps.example.com'
    const second = await authority.certificate()

    const [ours, before] = [
      await authority.issue(['apps.example.com', 'localhost']),
      await authority.issue(['shop.example.com']),
    ]

    expect(new X509Certificate(ours.certificatePem).verify(keyOf(second))).toBe(true)
    expect(new X509Certificate(before.certificatePem).verify(keyOf(first))).toBe(true)
  })

  it('is accepted by the git of the distribution by its file alone, and not without it', async () => {
    const local = () => permittedNames('localhost', '127.0.0.1')
    const authority = createLocalAuthority({ directory, permitted: local })
    const { certificatePem, keyPem } = await authority.issue(
      dashboardNames('localhost', '127.0.0.1'),
    )
    const server = createServer({ cert: certificatePem, key: keyPem }, (_, response) =>
      response.writeHead(404).end(),
    )
    await new Promise<void>((resolve) => server.listen(0, resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const caFile = join(directory, 'ca.pem')
    const lsRemote = (host: string, env: Record<string, string>) =>
      run('/usr/bin/git', ['ls-remote', `https://${host}:${port}/x.git`], {
        env: { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', ...env },
        timeoutMs: 20_000,
      })
    try {
      for (const host of ['localhost', '127.0.0.1', '[::1]']) {
        expect((await lsRemote(host, { GIT_SSL_CAINFO: caFile })).stderr).toContain('not found')
        expect((await lsRemote(host, {})).stderr).toMatch(/certificate/i)
      }
    } finally {
      server.close()
    }
  })
})

const keyOf = (pem: string) => new X509Certificate(pem).publicKey
