import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConstraints } from '#agent/cli/install/authority-constraints.ts'
import { mustRun } from '#agent/cli/must-run.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vastrox-constraints-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const OURS = { baseDomain: 'example.com', publicAddress: '203.0.113.7' }
const GOOD = [
  'permitted;DNS.0 = example.com',
  'permitted;DNS.1 = localhost',
  'permitted;IP.2 = 127.0.0.1/255.255.255.255',
  'permitted;IP.3 = ::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  'permitted;IP.4 = 203.0.113.7/255.255.255.255',
]

/** The certificate of a CA with these lines in its name constraints. */
async function authority(lines: readonly string[], constraints = 'critical, @names') {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  await writeFile(join(directory, 'key'), privateKey)
  await writeFile(
    join(directory, 'config'),
    `[req]
distinguished_name = subject
prompt = no
[subject]
CN = Vastrox local CA
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
${constraints === '' ? '' : `nameConstraints = ${constraints}`}
[names]
${lines.join('\n')}
`,
  )
  return mustRun('/usr/bin/openssl', [
    'req',
    '-x509',
    '-new',
    `-key=${directory}/key`,
    `-config=${directory}/config`,
    '-extensions=authority',
  ])
}

describe('the CA that this machine is about to trust', () => {
  it('is taken with the names of the installation, and nothing beside them', async () => {
    await expect(checkConstraints(await authority(GOOD), OURS)).resolves.toBeUndefined()
  })

  it('is refused when it may sign for every name', async () => {
    const pem = await authority([], '')

    await expect(checkConstraints(pem, OURS)).rejects.toThrow('it may sign for every name')
  })

  it('is refused when programs may pass over its constraints', async () => {
    const pem = await authority(GOOD, '@names')

    await expect(checkConstraints(pem, OURS)).rejects.toThrow('it may sign for every name')
  })

  it.each([
    ['a foreign domain', 'permitted;DNS.5 = example.org'],
    ['all domains of an ending', 'permitted;DNS.5 = com'],
    ['a foreign address', 'permitted;IP.5 = 192.0.2.1/255.255.255.255'],
    ['a whole network', 'permitted;IP.5 = 127.0.0.1/0.0.0.0'],
    ['mail addresses', 'permitted;email.5 = example.com'],
  ])('is refused with %s among its names', async (_, line) => {
    const pem = await authority([...GOOD, line])

    await expect(checkConstraints(pem, OURS)).rejects.toThrow('it may sign for ')
  })

  it('is refused when one kind of name is not constrained at all', async () => {
    const domains = await authority(GOOD.filter((line) => line.includes('DNS')))
    const addresses = await authority(GOOD.filter((line) => line.includes('IP')))

    await expect(checkConstraints(domains, OURS)).rejects.toThrow('every address')
    await expect(checkConstraints(addresses, OURS)).rejects.toThrow('every host name')
  })
})
