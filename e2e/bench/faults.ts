import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { deploymentsOf, destroyApp } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'
import { FAULTS, type Fault } from '../faults/faults.ts'

interface Outcome {
  name: string
  isNamed: boolean
  /** The one line that the push and the dashboard show. */
  reason: string
  hint: string
  seconds: number
}

/** Short: none of them gets better by waiting. */
const HEALTH_TIMEOUT_MS = 8_000

/**
 * Pushes every planted fault as an app of its own, and tells which are named in the one line that
 * people see. `recordTo` keeps what each printed, as material for the rules.
 */
export async function benchFaults(
  vastrox: Installation,
  { only, recordTo }: { only?: string | undefined; recordTo?: string | undefined } = {},
) {
  const outcomes: Outcome[] = []
  for (const fault of FAULTS.filter(({ name }) => only === undefined || name.includes(only)))
    outcomes.push(await tryFault(vastrox, fault, recordTo))
  const named = outcomes.filter(({ isNamed }) => isNamed).length
  return { planted: outcomes.length, named, outcomes }
}

async function tryFault(
  vastrox: Installation,
  { name, files, env = {}, named }: Fault,
  recordTo: string | undefined,
): Promise<Outcome> {
  const app = `fault-${name}`
  const copy = createWorkingCopy(vastrox.remote(app))
  try {
    await vastrox.api('POST', '/apps', { name: app })
    await vastrox.api('PATCH', `/apps/${app}`, { healthTimeoutMs: HEALTH_TIMEOUT_MS })
    if (Object.keys(env).length > 0) await vastrox.api('PATCH', `/apps/${app}/env`, { set: env })
    await copy.init()
    copy.write(files)
    await copy.commit('a fault')
    const pushed = await copy.push()
    const [deployment] = await deploymentsOf(vastrox, app)
    const reason = deployment?.reason ?? refusal(pushed.output)
    if (recordTo !== undefined) {
      mkdirSync(recordTo, { recursive: true })
      const lines = deployment ? await logOf(vastrox, app, deployment.number) : [pushed.output]
      writeFileSync(join(recordTo, `${name}.txt`), `${lines.join('\n')}\n`)
    }
    return {
      name,
      isNamed: pushed.exitCode !== 0 && named.test(reason),
      reason,
      hint: deployment?.hint ?? '',
      seconds: Math.round(pushed.durationMs / 100) / 10,
    }
  } finally {
    copy.remove()
    await destroyApp(vastrox, app)
  }
}

const refusal = (output: string): string =>
  /\[remote rejected\][^(]*\((.*)\)/.exec(output)?.[1] ?? 'the push was not refused'

async function logOf(vastrox: Installation, app: string, number: number): Promise<string[]> {
  const page = await vastrox.read(
    pageOf(DeploymentLogLine),
    `/apps/${app}/deployments/${number}/log?limit=5000`,
  )
  return page.items.map(({ text }) => text)
}
