import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InstallationConfig } from '@vastrox/shared/installation.ts'
import { keepAcmeBundle } from './acme-ca.ts'

describe('the CA bundle of --acme-ca-file', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-acme-ca-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const config = (acmeCaFile: string | null) =>
    InstallationConfig.parse({
      instance: 'abcdef',
      httpPort: 80,
      httpsPort: 443,
      dashboardPort: 8443,
      sshPort: 2222,
      ftpPort: 2121,
      publicAddress: '127.0.0.1',
      baseDomain: 'localhost',
      proxyWorkers: 1,
      acmeDirectory: 'https://ca.internal/dir',
      acmeCaFile,
      acmeEmail: null,
    })

  it('is copied to where the daemon may read it, certificates only', async () => {
    const [bundle, key] = [join(folder, 'bundle.pem'), join(folder, 'key.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
      ].concat(['-keyout', key, '-out', bundle, '-subj', '/CN=ca.internal']),
      { stdio: 'ignore' },
    )
    writeFileSync(bundle, readFileSync(bundle, 'utf8') + readFileSync(key, 'utf8'))
    const copy = join(folder, 'acme-ca.pem')

    const kept = await keepAcmeBundle(config(bundle), copy)

    expect(kept.acmeCaFile).toBe(copy)
    expect(readFileSync(copy, 'utf8')).toMatch(
      /^-----BEGIN CERTIFICATE-----[^]+-----END CERTIFICATE-----\n$/,
    )
    expect(readFileSync(copy, 'utf8')).not.toContain('PRIVATE')
    expect(statSync(copy).mode & 0o777).toBe(0o644)
    rmSync(bundle)
    expect(await keepAcmeBundle(kept, copy)).toEqual(kept)
    expect(await keepAcmeBundle(config(null), copy)).toEqual(config(null))
  })

  it('is refused in words where there is none', async () => {
    const empty = join(folder, 'empty.pem')
    writeFileSync(empty, 'no certificate')

    await expect(keepAcmeBundle(config(empty), join(folder, 'copy'))).rejects.toThrow(
      'has no certificate in it',
    )
    await expect(keepAcmeBundle(config('/nowhere.pem'), join(folder, 'copy'))).rejects.toThrow(
      '--acme-ca-file cannot be read',
    )
  })
})
