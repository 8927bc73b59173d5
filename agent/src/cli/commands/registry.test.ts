import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InstallationConfig, pathsOf } from '@vastrox/shared/installation.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetRegistryAuthorities, registry } from '#agent/cli/commands/registry.ts'

let directory: string
let authorities: string
let file: string
let printed: string[]

const CONFIG = InstallationConfig.parse({
  instance: 'a1b2c3',
  httpPort: 80,
  httpsPort: 443,
  dashboardPort: 8443,
  sshPort: 2222,
  ftpPort: 2121,
  publicAddress: '127.0.0.1',
  baseDomain: 'localhost',
  proxyWorkers: 1,
  acmeDirectory: null,
  acmeCaFile: null,
  acmeEmail: null,
})

const run = (args: string[], input?: string) =>
  registry({ paths: pathsOf(directory), config: CONFIG }, args, async () => input, {
    print: (text) => printed.push(text),
    authorities,
  })
const saved = async () => JSON.parse(await readFile(file, 'utf8'))

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vastrox-registry-cli-'))
  authorities = join(directory, 'certs.d')
  file = join(directory, 'agent', 'registry.json')
  printed = []
  await mkdir(join(directory, 'agent'))
})
afterEach(() => rm(directory, { recursive: true }))

describe('vastrox registry', () => {
  it('shows what holds, and writes nothing', async () => {
    await run([])

    expect(printed.join('\n')).toContain('from a registry where one answers')
    expect(printed.join('\n')).toContain('no registry inside this network')
    expect(await readdir(join(directory, 'agent'))).toEqual([])
  })

  it('keeps a mirror with its password for root alone, and never shows the password', async () => {
    await run(['--mirror', 'Mirror.example:5000/hub/', '--user', 'reader'], 's3cret\n')
    await run(['--json'])

    expect(await saved()).toEqual({
      mirror: {
        host: 'mirror.example:5000',
        prefix: 'hub/',
        credentials: { username: 'reader', password: 's3cret' },
      },
      allowedHosts: [],
      isOff: false,
    })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(printed.join('\n')).not.toContain('s3cret')
    expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject({
      mirror: { host: 'mirror.example:5000', prefix: 'hub/', username: 'reader' },
    })
  })

  it('allows registries inside this network one by one, and switches the rest off and on', async () => {
    await run(['--allow', '10.0.0.5:5000', '--allow', 'registry.internal', '--off'])
    await run(['--forbid', 'registry.internal'])
    expect(await saved()).toEqual({ mirror: null, allowedHosts: ['10.0.0.5:5000'], isOff: true })

    await run(['--on'])
    expect(await saved()).toMatchObject({ allowedHosts: ['10.0.0.5:5000'], isOff: false })
  })

  it('gives the engine the authority of the mirror, and takes it back with the mirror', async () => {
    const ca = join(directory, 'ca.pem')
    const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=mirror'
    execFileSync('openssl', [...request.split(' '), '-keyout', '/dev/null', '-out', ca])
    await mkdir(join(authorities, 'mirror.example'), { recursive: true })
    await writeFile(join(authorities, 'mirror.example', 'theirs.crt'), 'theirs')

    await run(['--mirror', 'mirror.example', '--ca-file', ca])
    const trusted = await readdir(join(authorities, 'mirror.example'))
    await run(['--no-mirror'])

    expect(trusted.toSorted()).toEqual(['theirs.crt', 'vastrox-a1b2c3.crt'])
    expect(await readdir(join(authorities, 'mirror.example'))).toEqual(['theirs.crt'])
    expect(await saved()).toMatchObject({ mirror: null })
    await forgetRegistryAuthorities('a1b2c3', join(directory, 'nowhere'))
  })

  it.each([
    [['--mirror', 'http://mirror.example'], 'is not a mirror'],
    [['--mirror', 'mirror.example/UPPER'], 'is not a mirror'],
    [['--mirror', 'mirror.example', '--user', 'reader'], 'The password is missing'],
    [['--mirror', 'mirror.example', '--ca-file', '/dev/null'], 'is not the certificate'],
    [['--allow', 'a/b'], 'is not a host'],
    [['--user', 'reader'], 'belong to --mirror'],
    [['--on', '--off'], 'contradict'],
    [['--password', 'x'], 'Unknown option'],
  ])('refuses %j in one sentence, and changes nothing', async (args, words) => {
    await expect(run(args)).rejects.toThrow(words)

    expect(await readdir(join(directory, 'agent'))).toEqual([])
  })
})
