import { setTimeout as sleep } from 'node:timers/promises'
import { destroyApp } from '#support/apps.ts'
import { type Installation, until } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'
import { STACK_APPS } from './stack-apps.ts'
import { median, percentile } from './statistics.ts'

/**
 * Seconds from `git push` until the new version answers: of changed code with the dependencies
 * untouched, and of one dependency more, whose others come from the app's cache.
 */
export async function benchDeployStack(vastrox: Installation, stack: string, runs: number) {
  const app = STACK_APPS[stack]
  if (!app)
    throw new Error(`there is no stack ${stack}; there are ${Object.keys(STACK_APPS).join(', ')}`)
  const name = `bench-${stack}`
  const copy = createWorkingCopy(vastrox.remote(name))
  await copy.init()

  async function push(version: string, more: Record<string, string> = {}): Promise<number> {
    copy.write({ ...app?.files(version), ...more })
    await copy.commit(version)
    const startedAt = performance.now()
    const pushed = copy.push()
    const answered = until(
      `version ${version}`,
      async () => (await vastrox.visit(name)).body.trim() === version,
      300_000,
    ).then(() => performance.now() - startedAt)
    const result = await pushed
    if (result.exitCode !== 0) throw new Error(result.output)
    return answered
  }

  const first = await push('first')
  const codeOnly: number[] = []
  for (let run = 1; run <= runs; run++) {
    codeOnly.push(await push(`v${run}`))
    await sleep(300)
  }
  const dependency: number[] = []
  for (const [at, more] of (app.oneDependencyMore ?? []).entries())
    dependency.push(await push(`d${at}`, more))
  await destroyApp(vastrox, name)
  copy.remove()
  const seconds = (ms: number): number => Math.round(ms) / 1_000
  return {
    stack,
    firstPushSeconds: seconds(first),
    codeOnlyMedianSeconds: seconds(median(codeOnly)),
    codeOnlyP95Seconds: seconds(percentile(codeOnly, 0.95)),
    ...(dependency.length === 0 ? {} : { dependencyChangeSeconds: dependency.map(seconds) }),
    runs,
  }
}
