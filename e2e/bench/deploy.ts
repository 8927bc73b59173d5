import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { Release } from '@vastrox/shared/release.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { type Installation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'
import { median, percentile } from './statistics.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/node-express')
const APP = 'bench-deploy'

const PROGRAM = readFileSync(join(EXAMPLE, 'app.js'), 'utf8')

/** The example, with an address that says which version it is. */
const sayingVersion = (version: string): string =>
  PROGRAM.replace(
    "app.get('/health'",
    `app.get('/version.txt', (_request, response) => response.send('${version}'))\n  app.get('/health'`,
  )

/**
 * Seconds from `git push` until the new version answers through the proxy: a first push with
 * dependencies and a warm package cache, `runs` code-only pushes, and `runs` roll backs.
 */
export async function benchDeploy(vastrox: Installation, runs = 20) {
  const copy = createWorkingCopy(vastrox.remote(APP))
  await copy.init()
  copy.copyFrom(EXAMPLE)

  async function pushVersion(version: string): Promise<number> {
    copy.write({ 'app.js': sayingVersion(version) })
    await copy.commit(version)
    const startedAt = performance.now()
    const pushed = copy.push()
    const answered = until(
      `version ${version}`,
      async () => (await vastrox.visit(APP, '/version.txt')).body.trim() === version,
      120_000,
    ).then(() => performance.now() - startedAt)
    const result = await pushed
    if (result.exitCode !== 0) throw new Error(result.output)
    return answered
  }

  async function rollBack(release: number, version: string): Promise<number> {
    const startedAt = performance.now()
    const reply = vastrox.api('POST', `/apps/${APP}/releases/${release}/roll-back`, {})
    await until(
      `release ${release}`,
      async () => (await vastrox.visit(APP, '/version.txt')).body.trim() === version,
    )
    const took = performance.now() - startedAt
    if ((await reply).status >= 300) throw new Error((await reply).body)
    return took
  }

  const warmUp = await pushVersion('warm-up')
  await vastrox.api('DELETE', `/apps/${APP}`, { confirm: APP })
  const first = await pushVersion('first')
  const codeOnly: number[] = []
  for (let run = 1; run <= runs; run++) {
    codeOnly.push(await pushVersion(`v${run}`))
    await sleep(300)
  }

  const { items } = await vastrox.read(pageOf(Release), `/apps/${APP}/releases?limit=5`)
  const before = items[1]?.number ?? 1
  const rollBacks: number[] = []
  for (let run = 1; run <= Math.min(runs, 10); run++) {
    const back = run % 2 === 1
    const target = back ? before : before + 1
    rollBacks.push(await rollBack(target, back ? `v${runs - 1}` : `v${runs}`))
    await sleep(300)
  }

  await vastrox.api('DELETE', `/apps/${APP}`, { confirm: APP })
  copy.remove()
  const seconds = (ms: number): number => Math.round(ms) / 1_000
  return {
    firstPushColdSeconds: seconds(warmUp),
    firstPushSeconds: seconds(first),
    codeOnlyMedianSeconds: seconds(median(codeOnly)),
    codeOnlyP95Seconds: seconds(percentile(codeOnly, 0.95)),
    rollBackMedianSeconds: seconds(median(rollBacks)),
    rollBackMaxSeconds: seconds(Math.max(...rollBacks)),
    runs,
  }
}
