import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, pushTinyApp, versionOf } from '#support/apps.ts'
import { addressOf, containersOf, docker, restartEngine } from '#support/engine.ts'
import { connectInstallation, until } from '#support/installation.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APPS = ['first-app', 'second-app', 'third-app']

let copies: WorkingCopy[] = []
let supervisor = 0
beforeAll(async () => {
  copies = await Promise.all(APPS.map((app) => pushTinyApp(vastrox, app, app)))
  await vastrox.api('PATCH', '/apps/first-app/processes', { web: 2 })
  // An engine killed while it starts a container never starts that one again by itself.
  await until('four containers to run', async () => {
    const containers = await allContainers()
    return containers.length === 4 && (await everyContainerRuns(containers))
  })
})
afterAll(async () => {
  if (supervisor !== 0) process.kill(supervisor, 'SIGCONT')
  for (const app of APPS) await destroyApp(vastrox, app)
  for (const copy of copies) copy.remove()
})

describe('the engine killed and started again', () => {
  it('with daemon and agent dead: every request reaches the right app, at its address', async () => {
    // A supervisor that is stopped starts nothing again: daemon and agent stay dead.
    const pids = await Promise.all(
      ['supervisor', 'daemon', 'agent'].map((name) => vastrox.pidOf(name)),
    )
    supervisor = pids[0] ?? 0
    process.kill(supervisor, 'SIGSTOP')
    for (const pid of pids.slice(1)) process.kill(pid, 'SIGKILL')

    await restartEngine()

    for (const app of APPS)
      await until(`${app} to answer`, async () => (await versionOf(vastrox, app)) === app)
    await expectRightAnswers()
  })

  it('and started one after the other in reverse order, daemon and agent still dead', async () => {
    const containers = await allContainers()
    await until('every container to run', () => everyContainerRuns(containers))
    const addresses = await Promise.all(containers.map(addressOf))
    const reversed = containers.toReversed()

    await docker('stop', '-t', '1', ...containers)
    for (const container of reversed) await docker('start', container)

    const startedAt = await Promise.all(
      reversed.map((container) => docker('inspect', '-f', '{{.State.StartedAt}}', container)),
    )
    expect(startedAt).toEqual(startedAt.toSorted())
    expect(await Promise.all(containers.map(addressOf))).toEqual(addresses)
    for (const app of APPS)
      await until(`${app} to answer`, async () => (await versionOf(vastrox, app)) === app)
    await expectRightAnswers()
    await expect(vastrox.api('GET', '/apps')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('and with both back nothing is there twice', async () => {
    process.kill(supervisor, 'SIGCONT')
    await until(
      'the daemon to answer',
      async () => (await vastrox.api('GET', '/apps')).status === 200,
    )

    await until('each instance to be there once', async () => {
      const counts = await Promise.all(
        APPS.map(async (app) => (await containersOf(vastrox.config.instance, app)).length),
      )
      return counts.join() === '2,1,1'
    })
    for (const app of APPS) expect(await versionOf(vastrox, app)).toBe(app)
  })
})

/** Every container of the three apps, in the order in which the engine started them. */
async function allContainers(): Promise<string[]> {
  const names = await Promise.all(APPS.map((app) => containersOf(vastrox.config.instance, app)))
  const dated = await Promise.all(
    names.flat().map(async (name) => ({
      name,
      at: await docker('inspect', '-f', '{{.State.StartedAt}}', name),
    })),
  )
  return dated.toSorted((a, b) => a.at.localeCompare(b.at)).map(({ name }) => name)
}

async function everyContainerRuns(containers: string[]): Promise<boolean> {
  return !(await docker('inspect', '-f', '{{.State.Running}}', ...containers)).includes('false')
}

async function expectRightAnswers(): Promise<void> {
  for (let request = 0; request < 60; request++) {
    const app = APPS[request % APPS.length] ?? ''
    expect(await versionOf(vastrox, app)).toBe(app)
  }
}
