import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { afterEach, expect, it } from 'vitest'
import { anchorOf, forgetFormerTrust } from '#agent/cli/install/trust.ts'

/** Of no installation. */
const INSTANCE = 'ffff01'
const before = anchorOf(`${INSTANCE}-before`)
const dataDir = mkdtempSync(join(tmpdir(), 'vastrox-trust-'))
afterEach(() => {
  rmSync(before, { force: true })
  rmSync(dataDir, { recursive: true, force: true })
})

it('ends what this machine trusts for a domain from before with the names of it', async () => {
  writeFileSync(before, 'the certificate of a CA that nothing answers for any more\n')

  await forgetFormerTrust({
    paths: pathsOf(dataDir),
    config: {
      instance: INSTANCE,
      baseDomain: 'example.com',
      publicAddress: '203.0.113.7',
      formerDomains: [],
    },
  })

  expect(existsSync(before)).toBe(false)
})
