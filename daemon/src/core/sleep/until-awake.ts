import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { Clock } from '#ports/clock.ts'
import type { HttpProbe } from '#ports/http-probe.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

interface Deps {
  agent: Pick<NodeAgent, 'listInstances'>
  probe: HttpProbe
  hints: InstanceHints
  clock: Clock
}

/** An instance that has answered before, on this port. */
export interface AwakeTarget {
  name: string
  host: string
  port: number
  path: string | null
  hostHeader: string
  timeoutMs: number
}

/** Visitors wait meanwhile. */
const EVERY_MS = 20
const PROBE_TIMEOUT_MS = 5_000
/** After that its visitors have been told to come back: there is no hurry. */
const HURRY_MS = 30_000
const LATER_MS = 1_000

/**
 * Whether the instance answers again; false where it has exited, or not in time. One good answer is
 * enough: its release has been checked when it was deployed.
 */
export async function untilAwake(
  { agent, probe, hints, clock }: Deps,
  target: AwakeTarget,
  signal: AbortSignal,
): Promise<boolean> {
  let mayHaveDied = false
  const stop = hints.on((hint) => {
    if (hint.type === 'instance' && hint.name === target.name && hint.action !== 'start')
      mayHaveDied = true
  })
  const startedAt = clock.elapsedMs()
  const passed = (): number => clock.elapsedMs() - startedAt
  try {
    while (!signal.aborted && passed() < target.timeoutMs) {
      const { host, port, hostHeader, path } = target
      const asked = { host, port, hostHeader, path: path ?? '/' }
      const result = await probe.get(asked, PROBE_TIMEOUT_MS, signal)
      if (result.kind === 'answered' && isGood(result.status, path)) return true
      // The word of its end may be that of the stop before.
      if (mayHaveDied && !(await isRunning(agent, target.name))) return false
      mayHaveDied = false
      await clock.sleep(passed() < HURRY_MS ? EVERY_MS : LATER_MS, signal)
    }
  } catch {
    // The agent is away, or we are stopping.
  } finally {
    stop()
  }
  return false
}

const isRunning = async (agent: Deps['agent'], name: string): Promise<boolean> =>
  (await agent.listInstances()).some((one) => one.name === name && one.status === 'running')

const isGood = (status: number, path: string | null): boolean =>
  path === null ? status < 500 : status >= 200 && status < 400
