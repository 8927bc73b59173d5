import { CodedError } from '@vastrox/shared/errors.ts'
import type { HealthTarget } from '#core/deployments/health-target.ts'
import { findPort } from '#core/deployments/listening-port.ts'
import { createPortWait } from '#core/deployments/port-wait.ts'
import { lastWords } from '#core/deployments/last-words.ts'
import type { InstanceHints } from '#core/processes/instance-hints.ts'
import type { Clock } from '#ports/clock.ts'
import type { HttpProbe, ProbeResult } from '#ports/http-probe.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

interface Deps {
  agent: NodeAgent
  probe: HttpProbe
  hints: InstanceHints
  clock: Clock
}

/** Rule D1: consecutive good answers. */
const ANSWERS_WANTED = 2
const ONCE_MORE_MS = 10
const PROBE_TIMEOUT_MS = 5_000
/** Even at the very end an app gets this long to answer. */
const LAST_PROBE_MS = 1_000
/** A fast start must not wait for a slow clock: often at first, seldom later. */
const INTERVALS = [
  { untilMs: 3_000, everyMs: 25 },
  { untilMs: 10_000, everyMs: 100 },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: 1_000 },
]
const LOOK_EVERY_MS = 250
/** Some apps bind late, or bind twice. */
const LOOPBACK_PATIENCE_MS = 3_000
const OTHER_LOOPBACK_PATIENCE_MS = 10_000
const OTHER_PORT_PATIENCE_MS = 300
const RUNS_LONG_ENOUGH_MS = 2_000

export type UntilHealthy = ReturnType<typeof createUntilHealthy>

/**
 * Resolves with the port that answers, or null for an instance without routes. Rejects as soon as
 * the instance has exited, and otherwise at the time-out, with one line that says why.
 */
export function createUntilHealthy({ agent, probe, hints, clock }: Deps) {
  return async (target: HealthTarget, signal: AbortSignal): Promise<number | null> => {
    let died = false
    const stop = hints.on((hint) => {
      if (hint.type === 'instance' && hint.name === target.name && hint.action !== 'start')
        died = true
    })
    try {
      return await check(target, signal, () => died)
    } finally {
      stop()
    }
  }

  async function check(
    target: HealthTarget,
    signal: AbortSignal,
    hasDied: () => boolean,
  ): Promise<number | null> {
    const startedAt = clock.elapsedMs()
    const since = (): number => clock.elapsedMs() - startedAt
    let lookedAt = 0
    let answers = 0
    let failure = 'did not start'
    const search = createPortSearch(target, since)
    const ports = createPortWait(agent.ports, target, since)

    for (;;) {
      signal.throwIfAborted()
      if (hasDied() || since() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = since()
        await mustRun(target)
      }
      if (target.http === null) {
        if (target.ports.length === 0 && since() >= RUNS_LONG_ENOUGH_MS) return null
        if (await ports.areOpen()) return null
        failure = ports.said() ?? failure
      } else {
        const { port, path, hostHeader } = { ...target.http, port: search.port() }
        const result = await probe.get(
          { host: target.host, port, path: path ?? '/', hostHeader },
          Math.min(PROBE_TIMEOUT_MS, Math.max(LAST_PROBE_MS, target.timeoutMs - since())),
          signal,
        )
        const refused = judge(result, path, port)
        answers = refused === undefined ? answers + 1 : 0
        if (answers >= ANSWERS_WANTED && (target.ports.length === 0 || (await ports.areOpen())))
          return port
        if (result.kind === 'refused') {
          search.look((await agent.listListeners(target.name)).filter(ports.isNone))
          if (search.said() !== undefined && (await ports.haveBeenOpen())) return null
        }
        if (refused === undefined) failure = ports.said() ?? failure
        failure = (result.kind === 'refused' ? search.said() : refused) ?? refused ?? failure
      }
      if (since() >= target.timeoutMs) throw await timedOut(target, failure)
      await clock.sleep(answers > 0 ? ONCE_MORE_MS : intervalAt(since()), signal)
    }
  }

  /** Throws INSTANCE_EXITED for an instance that has ended. */
  async function mustRun(target: HealthTarget): Promise<void> {
    const seen = (await agent.listInstances()).find(({ name }) => name === target.name)
    if (seen?.status === 'running' || seen?.status === 'created') return
    const last = await lastWords(agent, target.name)
    const how = seen?.oomKilled
      ? `ran out of memory (limit ${Math.round(target.memoryBytes / 2 ** 20)} MB)`
      : `exited with code ${seen?.exitCode ?? 'unknown'}`
    throw new CodedError('INSTANCE_EXITED', {
      reason: `the app ${how}${last === undefined ? '' : `: ${last}`}`,
      exitCode: seen?.exitCode ?? null,
      oomKilled: seen?.oomKilled ?? false,
    })
  }

  async function timedOut(target: HealthTarget, failure: string): Promise<CodedError> {
    await mustRun(target)
    return new CodedError('HEALTH_CHECK_FAILED', { reason: `health check: ${failure}` })
  }
}

/** Follows where the app listens while nothing answers on the port it was given. */
function createPortSearch({ http }: HealthTarget, since: () => number) {
  const expected = http?.port ?? 0
  let port = expected
  let seen: { at: number; kind: string; port: number } | undefined
  let said: string | undefined

  return {
    port: () => port,
    /** What to say where nothing answered because of the port. */
    said: () => said,
    look(listeners: Parameters<typeof findPort>[0]): void {
      const found = findPort(listeners, expected)
      said = found.kind === 'none' ? `nothing listens on port ${expected}` : undefined
      if (found.kind === 'none') {
        seen = undefined
        return
      }
      if (seen?.kind !== found.kind || seen.port !== found.port)
        seen = { at: since(), kind: found.kind, port: found.port }
      const seenFor = since() - seen.at
      if (found.kind === 'open' && (found.expected || seenFor >= OTHER_PORT_PATIENCE_MS))
        port = found.port
      const patience = found.expected ? LOOPBACK_PATIENCE_MS : OTHER_LOOPBACK_PATIENCE_MS
      if (found.kind === 'loopback' && seenFor >= patience)
        throw new CodedError('INSTANCE_BINDS_LOOPBACK', {
          reason: `the app listens on 127.0.0.1:${found.port} only, where no visitor can reach it`,
          port: found.port,
        })
    },
  }
}

/**
 * undefined for a good answer, else why it is not. An explicit path wants 2xx or 3xx, `/` anything
 * below 500 but 400, with which apps refuse a host name that they do not know: so would visitors fare.
 */
function judge(result: ProbeResult, path: string | null, port: number): string | undefined {
  if (result.kind === 'refused') return `nothing listens on port ${port}`
  if (result.kind === 'silent')
    return `no answer to GET ${path ?? '/'} on port ${port} (${result.detail})`
  const { status } = result
  const isGood = path === null ? status < 500 && status !== 400 : status >= 200 && status < 400
  return isGood ? undefined : `answers ${result.status} to GET ${path ?? '/'}`
}

const intervalAt = (sinceMs: number): number =>
  INTERVALS.find(({ untilMs }) => sinceMs < untilMs)?.everyMs ?? 1_000
