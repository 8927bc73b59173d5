import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { INSTALLATION_VERBS } from '@vastrox/shared/agent-api-installation.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { setBaseDomain } from '#agent/node/set-base-domain.ts'

const CONFIG: InstallationConfig = {
  instance: 'ffff02',
  httpPort: 80,
  httpsPort: 443,
  dashboardPort: 8443,
  sshPort: 2222,
  ftpPort: 2121,
  publicAddress: '203.0.113.7',
  baseDomain: 'home',
  proxyWorkers: 2,
  acmeDirectory: null,
  acmeCaFile: null,
  acmeEmail: null,
  appNetworkRange: '10.128.0.0/12',
}

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vastrox-base-domain-'))
  path = join(directory, 'config.json')
  await writeFile(path, JSON.stringify(CONFIG))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const set = (baseDomain: string, ...formerDomains: string[]) =>
  setBaseDomain(
    path,
    INSTALLATION_VERBS['set-base-domain'].input.parse({ baseDomain, formerDomains }),
  )

it('leads from a single word, which root has chosen, to a domain, and back', async () => {
  await set('apps.example.com', 'home')
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    ...CONFIG,
    baseDomain: 'apps.example.com',
    formerDomains: ['home'],
    baseDomainBy: 'dashboard',
  })

  await set('home', 'apps.example.com')
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ baseDomain: 'home' })
})

it('takes no single word that root has not chosen: a CA for all of it would be asked to be trusted', async () => {
  await expect(set('com', 'home')).rejects.toThrow('com is no domain, and root has not chosen it')
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(CONFIG)
  await expect(async () => set('../etc')).rejects.toThrow('Invalid')
})

it('takes no such word as a name from before either: people are given the CA of each of those as well', async () => {
  await set('apps.example.com', 'com', 'home', 'former.example.com')
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    formerDomains: ['home', 'former.example.com'],
  })
})
