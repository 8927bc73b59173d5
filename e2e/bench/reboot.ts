import { setTimeout as sleep } from 'node:timers/promises'
import { destroyApp, pushTinyApp, versionOf } from '#support/apps.ts'
import { containersOf, docker } from '#support/engine.ts'
import { type Installation, until } from '#support/installation.ts'
import { median } from './statistics.ts'

const LIMIT_SECONDS = 60
const PUSHES_AT_ONCE = 3
const ASK_EVERY_MS = 200
/** The reconciler looks at least every 30 s: what it would start twice is there by then. */
const SETTLE_MS = 35_000

/**
 * What a power cut does to a server with many apps: every process of ours and every container is
 * killed at once, then `vastrox up` as at boot. Seconds until each app answers again, itself and not
 * another one, and how many instances there are of each afterwards. The engine is somebody else's
 * here, so containers are killed through it: it takes that for a wish and starts none by itself,
 * which leaves all of them to us.
 */
export async function benchReboot(vastrox: Installation, count = 60) {
  const apps = Array.from({ length: count }, (_, at) => `reboot-${at + 1}`)
  const pushedAt = performance.now()
  await inLanes(apps, PUSHES_AT_ONCE, async (app) =>
    (await pushTinyApp(vastrox, app, app)).remove(),
  )
  const pushSeconds = secondsSince(pushedAt)
  await until('every app to answer', async () => (await answering(vastrox, apps)) === count)

  await powerCut(vastrox)
  const answeredBefore = await answering(vastrox, apps).catch(() => 0)
  const bootedAt = performance.now()
  const up = await vastrox.command('up')
  if (up.exitCode !== 0) throw new Error(up.stderr)
  const upSeconds = secondsSince(bootedAt)
  const seconds = await Promise.all(
    apps.map(async (app) => {
      await untilItself(vastrox, app)
      return secondsSince(bootedAt)
    }),
  )

  await sleep(SETTLE_MS)
  const instances = await Promise.all(
    apps.map(async (app) => (await containersOf(vastrox.config.instance, app)).length),
  )
  const wrong = apps.filter((_, at) => instances[at] !== 1)
  const stillRight = await answering(vastrox, apps)
  await inLanes(apps, PUSHES_AT_ONCE, (app) => destroyApp(vastrox, app))
  const lastSeconds = Math.max(...seconds)
  return {
    apps: count,
    pushSeconds,
    answeredBefore,
    upSeconds,
    medianSeconds: median(seconds),
    lastSeconds,
    limitSeconds: LIMIT_SECONDS,
    notThereOnce: wrong,
    ok:
      answeredBefore === 0 &&
      lastSeconds <= LIMIT_SECONDS &&
      wrong.length === 0 &&
      stillRight === count,
  }
}

/** The supervisor first, so that it starts nothing again. */
async function powerCut(vastrox: Installation): Promise<void> {
  const { processes } = await vastrox.status()
  const first = ({ name }: { name: string }): number => (name === 'supervisor' ? 0 : 1)
  for (const { pid } of processes.toSorted((a, b) => first(a) - first(b)))
    if (pid !== null) process.kill(pid, 'SIGKILL')
  const label = `label=vastrox.instance=${vastrox.config.instance}`
  const ids = (await docker('ps', '-q', '--filter', label)).split('\n').filter(Boolean)
  if (ids.length > 0) await docker('kill', ...ids)
}

async function answering(vastrox: Installation, apps: string[]): Promise<number> {
  const versions = await Promise.all(apps.map((app) => versionOf(vastrox, app)))
  return apps.filter((app, at) => versions[at] === app).length
}

/** An answer of another app is a failure, whatever comes after it. */
async function untilItself(vastrox: Installation, app: string): Promise<void> {
  for (const endsAt = performance.now() + 3 * LIMIT_SECONDS * 1_000; ; await sleep(ASK_EVERY_MS)) {
    const version = await versionOf(vastrox, app).catch(() => '')
    if (version === app) return
    if (version.startsWith('reboot-')) throw new Error(`${app} was answered by ${version}`)
    if (performance.now() > endsAt) throw new Error(`${app} does not answer any more`)
  }
}

async function inLanes<T>(items: T[], lanes: number, work: (item: T) => Promise<unknown>) {
  const left = [...items]
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

const secondsSince = (startedAt: number): number =>
  Math.round((performance.now() - startedAt) / 10) / 100
