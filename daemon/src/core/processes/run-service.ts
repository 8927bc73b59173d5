import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import type { WindowSize } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { Page, PageQuery } from '@vastrox/shared/page.ts'
import type { CreateRun, Run, RunLogLine } from '@vastrox/shared/run.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentLogs } from '#core/deployments/deployment-log.ts'
import { redactedSession } from '#core/processes/redacted-session.ts'
import {
  endingOf,
  endingOfFailure,
  type RunOrder,
  type Runs,
  showRun,
} from '#core/processes/runs.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { Session } from '#ports/session.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseRecord, ReleaseStore } from '#store/release-store.ts'
import type { RunRecord, RunStore } from '#store/run-store.ts'

interface Deps {
  apps: AppStore
  releases: ReleaseStore
  instances: InstanceStore
  runs: RunStore
  running: Runs
  logs: DeploymentLogs
  agent: Pick<NodeAgent, 'openRun' | 'openExec'>
  /** Nothing happens to an app that does not sleep. */
  wake: (appId: string) => Promise<void>
  audit: Pick<AuditLog, 'append'>
  redactorFor: (appId: string) => Redactor
}

/** What somebody at a terminal asks for. */
export interface SessionWish {
  /** A line for the shell inside of the container. */
  command: string
  /** The window of the terminal; null: pipes. */
  terminal: WindowSize | null
  /** The kind of the terminal, as its user's TERM says. */
  term?: string | undefined
  stdin: boolean
  memoryBytes?: number | undefined
}

export type OpenedSession = Session & { run: Run }

const IDLE_MS = 30 * 60_000
const MOST_MS = 24 * 3_600_000
const TERM = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,40}$/

/** One-off commands: worked with from any kind of terminal, or asked for and looked at later. */
export function createRunService(deps: Deps) {
  const { apps, releases, instances, runs, running, logs, agent, audit } = deps

  function findApp(actor: Actor, name: string): AppRecord {
    const app = apps.findByName(actor, name)
    if (!app) throw new CodedError('APP_NOT_FOUND', { name })
    return app
  }

  function mayRun(actor: Actor, name: string): { app: AppRecord; release: ReleaseRecord } {
    const app = findApp(actor, name)
    mustBeAble(actor, 'app.run', app.id)
    const release =
      app.liveReleaseId === null ? undefined : releases.findForPlatform(app.liveReleaseId)
    if (!release) throw new CodedError('APP_NOT_DEPLOYED', { app: name })
    return { app, release }
  }

  function find(actor: Actor, appName: string, number: number): RunRecord {
    const found = runs.findByNumber(actor, findApp(actor, appName).id, number)
    if (!found) throw new CodedError('RUN_NOT_FOUND', { app: appName, number })
    return found
  }

  /** `web.1`; without one the first instance that serves, `web` before others. */
  function instanceOf(actor: Actor, app: AppRecord, asked: string | undefined): InstanceRecord {
    const rows = instances.listForApp(actor, app.id).filter(({ state }) => state === 'live')
    const found =
      asked === undefined
        ? (rows.find(({ process }) => process === 'web') ?? rows[0])
        : rows.find(({ process, ordinal }) => `${process}.${ordinal}` === asked)
    if (!found)
      throw new CodedError('INSTANCE_NOT_FOUND', {
        reason: `${app.name} has no running instance${asked === undefined ? '' : ` ${asked}`}.`,
      })
    return found
  }

  /** Row and audit event, the session, and how it ended back in the row. */
  async function opened(
    actor: Actor,
    order: RunOrder,
    signal: AbortSignal,
    open: (row: RunRecord, signal: AbortSignal) => Promise<Session>,
  ): Promise<OpenedSession> {
    running.mustHaveRoom(order.app.id)
    const row = running.record(order)
    const { number, command } = row
    audit.append({
      actor,
      action: order.kind === 'exec' ? 'run.exec' : 'run.open',
      target: order.app.name,
      details: { number, command },
    })
    const abort = new AbortController()
    const either = AbortSignal.any([signal, abort.signal])
    // Whoever may see the values of the app's env gets every byte as it is: it may be a dump.
    const session = open(row, either).then((one) =>
      mayDo(actor, 'env.reveal', order.app.id)
        ? one
        : redactedSession(one, () => deps.redactorFor(order.app.id)),
    )
    const exit = (async () => {
      try {
        const ended = await (await session).exit
        running.finish(row.id, endingOf(ended))
        return ended
      } catch (error) {
        running.finish(row.id, endingOfFailure(error, either))
        throw error
      }
    })()
    const done = running.watch(row, abort, exit)
    // The caller looks at it when he has read the output.
    done.catch(() => undefined)
    return { ...(await session), exit: done, run: showRun(row) }
  }

  return {
    /**
     * A command in a container of its own, with the live release's image, env, limits and network.
     * The container is gone when the session is over, whatever ends it: the command, the signal, 30
     * minutes of silence, 24 hours, or an end of the daemon. Throws RUNS_TOO_MANY.
     */
    async open(
      actor: Actor,
      appName: string,
      wish: SessionWish,
      signal: AbortSignal,
    ): Promise<OpenedSession> {
      const { app, release } = mayRun(actor, appName)
      const order: RunOrder = {
        app,
        release,
        kind: 'console',
        command: wish.command,
        actor,
        timeoutMs: MOST_MS,
        memoryBytes: wish.memoryBytes,
      }
      return opened(actor, order, signal, async (row, either) => {
        const spec = running.specOf(order, row)
        const { terminal, stdin } = wish
        const env = { ...spec.env, ...termOf(wish) }
        const session = await agent.openRun(
          { ...spec, env, terminal, stdin, idleMs: IDLE_MS },
          either,
        )
        running.noteBegun(spec)
        return session
      })
    },

    /** The same inside of a running instance, which is woken for it; what it has started ends with it. */
    async openExec(
      actor: Actor,
      appName: string,
      instance: string | undefined,
      wish: SessionWish,
      signal: AbortSignal,
    ): Promise<OpenedSession> {
      const { app, release } = mayRun(actor, appName)
      await deps.wake(app.id)
      const { name } = instanceOf(actor, app, instance)
      const { command, terminal, stdin } = wish
      const order: RunOrder = { app, release, kind: 'exec', command, actor, timeoutMs: MOST_MS }
      return opened(actor, order, signal, (_row, either) =>
        agent.openExec(
          {
            name,
            command,
            env: termOf(wish),
            terminal,
            stdin,
            timeoutMs: MOST_MS,
            idleMs: IDLE_MS,
          },
          either,
        ),
      )
    },

    /** Runs it without anybody at it; its output is in its log. Throws RUNS_TOO_MANY. */
    start(actor: Actor, appName: string, { command, timeoutMs, memoryBytes }: CreateRun): Run {
      const { app, release } = mayRun(actor, appName)
      const { run } = running.execute({
        app,
        release,
        kind: 'command',
        command,
        actor,
        timeoutMs,
        memoryBytes,
      })
      const { number } = run
      const details = { number, command: run.command }
      audit.append({ actor, action: 'run.start', target: appName, details })
      return showRun(run)
    },

    /** Newest first, those of scheduled jobs too. */
    list(actor: Actor, appName: string, { cursor, limit }: PageQuery): Page<Run> {
      const app = findApp(actor, appName)
      mustBeAble(actor, 'logs.read', app.id)
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
      if (!Number.isSafeInteger(before)) throw new CodedError('REQUEST_INVALID', { cursor })
      const rows = runs.listPage(actor, app.id, before, limit + 1)
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return {
        items: rows.slice(0, limit).map(showRun),
        nextCursor: last === undefined ? null : String(last.number),
      }
    },

    get(actor: Actor, appName: string, number: number): Run {
      const run = find(actor, appName, number)
      mustBeAble(actor, 'logs.read', run.appId)
      return showRun(run)
    },

    readLog(actor: Actor, appName: string, number: number, afterSeq: number): RunLogLine[] {
      const run = find(actor, appName, number)
      mustBeAble(actor, 'logs.read', run.appId)
      return logs.read(run.id, afterSeq, 5_000)
    },

    /** Kept lines first, then live ones; whoever calls it has checked who is asking. */
    follow: (id: string, afterSeq: number, listener: (line: RunLogLine) => void): (() => void) =>
      logs.follow(id, afterSeq, listener),

    /** Ends it. Throws RUN_HAS_ENDED. */
    async stop(actor: Actor, appName: string, number: number): Promise<Run> {
      const { id, appId } = find(actor, appName, number)
      mustBeAble(actor, 'app.run', appId)
      if (!(await running.stop(id, `stopped by ${actor.name}`)))
        throw new CodedError('RUN_HAS_ENDED')
      audit.append({ actor, action: 'run.stop', target: appName, details: { number } })
      return showRun(find(actor, appName, number))
    },
  }
}
export type RunService = ReturnType<typeof createRunService>

const termOf = ({ terminal, term }: SessionWish): Record<string, string> =>
  terminal === null ? {} : { TERM: term !== undefined && TERM.test(term) ? term : 'xterm' }
