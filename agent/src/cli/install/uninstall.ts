import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { z } from 'zod'
import { forgetRegistryAuthorities } from '#agent/cli/commands/registry.ts'
import { removeAccounts } from '#agent/cli/install/accounts.ts'
import type { InstallOptions } from '#agent/cli/install/options.ts'
import { prunePrograms, targetOf } from '#agent/cli/install/program-files.ts'
import { removeSockets } from '#agent/cli/install/remove-sockets.ts'
import type { Steps } from '#agent/cli/install/steps.ts'
import { removeSwap } from '#agent/cli/install/swap.ts'
import { removeTrust } from '#agent/cli/install/trust.ts'
import { openInstallation, othersAreInstalled } from '#agent/cli/installation.ts'
import { openPlatform } from '#agent/cli/platform/platform.ts'
import { LABEL, withLabels } from '#agent/containers/labels.ts'
import { createEngine, type Engine } from '#agent/engine/engine.ts'
import { removeFirewall } from '#agent/firewall/remove-firewall.ts'
import { removeAllBases } from '#agent/images/kept-bases.ts'
import { HOST_LOCKS } from '#agent/node/host-lock.ts'
import { engineAnswers, engineOfOurs } from '#agent/supervisor/engine-keeper.ts'
import { removeKillGroups } from '#agent/supervisor/kill-group.ts'
import { removeProtectedGroup } from '#agent/supervisor/protected-group.ts'

const ENGINE_SOCKET = '/var/run/docker.sock'
const Ids = z.array(z.object({ Id: z.string() }))
/** Their data lies in our own directory. */
const VolumeNames = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() })
const ENGINE_STOP_MS = 20_000

/**
 * Removes an installation; with `purge` its data as well, which leaves the host as it was, packages
 * apart. What cannot be removed is said at the end, and the rest goes on.
 */
export async function uninstall(
  { dataDir, purge }: Pick<InstallOptions, 'dataDir' | 'purge'>,
  steps: Steps,
): Promise<void> {
  const installation = await openInstallation(dataDir)
  const { config, links, paths } = installation
  const engineRecord = `${dataDir}/run/supervisor/dockerd.json`
  const engineToStop = engineOfOurs(engineRecord)
  const isLast = !(await othersAreInstalled(links))

  await steps.run('Stopping the processes', () => openPlatform(installation).remove())
  if (await engineAnswers())
    await steps.run(`Removing containers and networks${purge ? ' and images' : ''}`, () =>
      removeFromEngine(createEngine(ENGINE_SOCKET), config.instance, purge, isLast),
    )
  if (engineToStop !== undefined) await stopEngine(engineToStop)
  await steps.run('Taking the firewall down', () =>
    removeFirewall(join(paths.agent, 'firewall'), config.instance),
  )
  await steps.run('Taking back trust, command and programs', async () => {
    await removeTrust(config.instance)
    await forgetRegistryAuthorities(config.instance)
    const versions = await Promise.all([links.current, links.previous].map(targetOf))
    for (const path of [links.command, links.current, links.previous])
      await rm(path, { force: true })
    await prunePrograms(versions.filter((version) => version !== undefined))
    removeKillGroups(config.instance)
    removeProtectedGroup(config.instance)
    if (isLast) await rm(HOST_LOCKS, { recursive: true, force: true })
  })
  if (!purge) {
    await removeSockets(paths.run)
    steps.say(`\nVastrox is removed; its data stays in ${dataDir}. ./install.sh brings it back.`)
    return
  }
  await steps.run('Removing the data and the accounts', async () => {
    await rm(dataDir, { recursive: true, force: true })
    if (isLast) {
      await removeAccounts()
      await removeSwap()
    }
  })
  steps.say('\nVastrox and its data are removed. Packages and the Docker engine stay.')
}

/** Only what carries the label of this instance (rule K7); shared base images with the last one. */
async function removeFromEngine(
  engine: Engine,
  instance: string,
  purge: boolean,
  isLast: boolean,
): Promise<void> {
  try {
    const ours = withLabels({ [LABEL.instance]: instance })
    const containers = await engine.get('/containers/json', Ids, {
      query: { all: true, filters: ours },
    })
    for (const { Id } of containers)
      await engine.act('DELETE', `/containers/${Id}`, { query: { force: true, v: true } })
    for (const { Id } of await engine.get('/networks', Ids, { query: { filters: ours } }))
      await engine.act('DELETE', `/networks/${Id}`)
    if (!purge) return
    const { Volumes } = await engine.get('/volumes', VolumeNames, { query: { filters: ours } })
    for (const { Name } of Volumes ?? []) await engine.act('DELETE', `/volumes/${Name}`)
    await removeImages(engine, ours)
    await removeAllBases({ engine, instance })
    if (isLast && !(await isUsedByOthers(engine)))
      await removeImages(engine, withLabels({ [LABEL.kind]: 'stack' }))
  } finally {
    engine.close()
  }
}

/** Whether the engine serves an installation that this machine's /opt does not know (another root). */
async function isUsedByOthers(engine: Engine): Promise<boolean> {
  const query = { filters: JSON.stringify({ label: [LABEL.instance] }) }
  const images = await engine.get('/images/json', Ids, { query })
  const containers = await engine.get('/containers/json', Ids, { query: { ...query, all: true } })
  return images.length + containers.length > 0
}

/** An image that something else builds on or runs stays with it. */
async function removeImages(engine: Engine, filters: string): Promise<void> {
  for (const { Id } of await engine.get('/images/json', Ids, { query: { all: false, filters } }))
    await engine
      .act('DELETE', `/images/${Id}`, { query: { force: true } })
      .catch((error: unknown) => {
        if (!/409|404|conflict|no such image/i.test(String(error))) throw error
      })
}

/** The engine that we started goes when nothing of anybody runs in it. */
async function stopEngine(pid: number): Promise<void> {
  const engine = createEngine(ENGINE_SOCKET)
  try {
    const running = await engine.get('/containers/json', Ids)
    if (running.length > 0) return
  } finally {
    engine.close()
  }
  process.kill(pid, 'SIGTERM')
  for (let waited = 0; waited < ENGINE_STOP_MS && isAlive(pid); waited += 100) await sleep(100)
}
