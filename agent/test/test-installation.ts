import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type InstallationConfig, pathsOf } from '@vastrox/shared/installation.ts'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { z } from 'zod'
import { createEngine, type Engine } from '#agent/engine/engine.ts'
import { tableOf } from '#agent/firewall/names.ts'
import { deleteTable } from '#agent/firewall/nft.ts'

export const ENGINE_SOCKET = '/var/run/docker.sock'
const NAME = 'vastrox-of-tests-'
/** In the data directory: the process whose tests are at work with it. */
const OWNER = 'owner.pid'
const Config = z.object({ instance: z.string() })
const Volumed = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() })

/** A data directory with the settings of an installation of its own, for an agent that tests run. */
export async function makeTestInstallation() {
  const dataDir = await mkdtemp(join(tmpdir(), NAME))
  const instance = randomBytes(3).toString('hex')
  const paths = pathsOf(dataDir)
  const config: Partial<InstallationConfig> = {
    instance,
    httpPort: 18_080,
    httpsPort: 18_443,
    dashboardPort: 18_444,
    sshPort: 12_222,
    ftpPort: 12_121,
    publicAddress: '127.0.0.1',
    baseDomain: 'localhost',
    proxyWorkers: 1,
    acmeDirectory: null,
    acmeCaFile: null,
    acmeEmail: null,
  }
  await writeFile(join(dataDir, OWNER), String(process.pid))
  await writeFile(paths.config, JSON.stringify(config))
  return { dataDir, instance, paths }
}

/** What the engine has of it, by its label, and its firewall table. */
export async function removeFromHost(engine: Engine, instance: string): Promise<void> {
  for (const id of await idsOf(engine, '/containers/json', instance))
    await engine.act('DELETE', `/containers/${id}`, { query: { force: true, v: true } })
  const { Volumes } = await engine.get('/volumes', Volumed, {
    query: { filters: JSON.stringify({ label: [`vastrox.instance=${instance}`] }) },
  })
  for (const { Name } of Volumes ?? []) await engine.act('DELETE', `/volumes/${Name}`)
  for (const id of await idsOf(engine, '/networks', instance))
    await engine.act('DELETE', `/networks/${id}`)
  for (const id of await idsOf(engine, '/images/json', instance))
    await engine.act('DELETE', `/images/${id}`, { query: { force: true } })
  await deleteTable(tableOf(instance))
}

/** What tests have left whose process was killed: it would go on, and hold images, for ever. */
export async function removeLeftOver(): Promise<void> {
  const engine = createEngine(ENGINE_SOCKET)
  try {
    for (const name of await readdir(tmpdir())) {
      if (!name.startsWith(NAME)) continue
      const dataDir = join(tmpdir(), name)
      const owner = await readFile(join(dataDir, OWNER), 'utf8').catch(() => undefined)
      // Without one it is about to be made, or to be removed.
      if (owner === undefined || isAlive(Number(owner))) continue
      const config = await readFile(pathsOf(dataDir).config, 'utf8').catch(() => undefined)
      if (config) await removeFromHost(engine, Config.parse(JSON.parse(config)).instance)
      await rm(dataDir, { recursive: true, force: true })
    }
  } finally {
    engine.close()
  }
}

/** Ids of what carries the installation's label. */
export async function idsOf(engine: Engine, path: string, instance: string): Promise<string[]> {
  const reply = await engine.stream('GET', path, {
    query: { all: true, filters: JSON.stringify({ label: [`vastrox.instance=${instance}`] }) },
  })
  const chunks = []
  for await (const chunk of reply) chunks.push(chunk)
  const found: { Id: string }[] = JSON.parse(Buffer.concat(chunks).toString())
  return found.map((each) => each.Id)
}
