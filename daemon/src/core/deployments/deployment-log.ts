import type { DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { Clock } from '#ports/clock.ts'
import type { DeploymentLogStore } from '#store/deployment-log-store.ts'

/** Where lines are kept: those of deployments, and of runs. */
type LineStore = Pick<
  DeploymentLogStore,
  'appendForPlatform' | 'listAfterForPlatform' | 'lastSeqForPlatform'
>

interface Deps {
  store: LineStore
  /** In front of each line of output: Heroku's, unless said otherwise. */
  indent?: string
  maxLines?: number
  /** Told of each line, for the log of the app: searched, sent on and kept longer than this one. */
  alsoKeep?: (of: { id: string; appId: string }, line: DeploymentLogLine) => void
  clock: Clock
  redactorFor: (appId: string) => Redactor
  onProblem: (what: string, error: unknown) => void
}

/** Lines are kept together for this long, so that a chatty build does not cost an fsync a line. */
const BATCH_MS = 100
const MAX_BATCH = 500
/** A build may print for ever; what is beyond is said, not kept. */
const MAX_LINES = 50_000
const MAX_LINE_LENGTH = 8_192

export type DeploymentLog = ReturnType<ReturnType<typeof createDeploymentLogs>['open']>

/** The logs of deployments in Heroku's form, redacted before they are kept or shown. */
export function createDeploymentLogs({
  store,
  clock,
  redactorFor,
  onProblem,
  indent = '       ',
  maxLines = MAX_LINES,
  alsoKeep = () => {},
}: Deps) {
  const listeners = new Map<string, Set<(line: DeploymentLogLine) => void>>()
  const waiting = new Map<string, DeploymentLogLine[]>()
  const flushing = new Set<string>()

  function flush(id: string): void {
    const lines = waiting.get(id)
    if (!lines?.length) return
    waiting.delete(id)
    store.appendForPlatform(id, lines)
  }

  async function flushSoon(id: string): Promise<void> {
    if (flushing.has(id)) return
    flushing.add(id)
    await clock.sleep(BATCH_MS)
    flushing.delete(id)
    try {
      flush(id)
    } catch (error) {
      onProblem('lines of a deployment log are lost', error)
    }
  }

  function keep(id: string, line: DeploymentLogLine): void {
    const lines = waiting.get(id) ?? []
    waiting.set(id, lines)
    lines.push(line)
    if (line.kind === 'done' || lines.length >= MAX_BATCH) flush(id)
    else void flushSoon(id)
    for (const listener of listeners.get(id) ?? []) listener(line)
  }

  function read(id: string, afterSeq: number, limit: number): DeploymentLogLine[] {
    flush(id)
    return store.listAfterForPlatform(id, afterSeq, limit)
  }

  return {
    /** The writer of one deployment's log; it goes on where an earlier one stopped. */
    open({ id, appId }: { id: string; appId: string }) {
      flush(id)
      let seq = store.lastSeqForPlatform(id)
      let rest = ''
      let redactor = redactorFor(appId)

      const add = (kind: DeploymentLogLine['kind'], text: string): void => {
        if (kind === 'output' && seq > maxLines) return
        seq += 1
        const at = clock.now().toISOString()
        const shown = seq === maxLines ? `${indent}(more output is left out)` : text
        const line = { seq, at, kind, text: shown.slice(0, MAX_LINE_LENGTH) }
        keep(id, line)
        alsoKeep({ id, appId }, line)
      }
      const clean = (text: string): string => {
        const whole = redactorFor(appId)
        return whole.push(text) + whole.end()
      }
      const body = (text: string): void =>
        add('output', `${indent}${lastOverprint(text)}`.trimEnd())
      /** Ends the line that the output stopped in. */
      const endOutput = (): void => {
        const lines = (rest + redactor.end()).split('\n')
        redactor = redactorFor(appId)
        rest = ''
        for (const line of lines) if (line !== '') body(line)
      }

      return {
        /** "-----> Building" */
        step(text: string): void {
          endOutput()
          add('step', `-----> ${clean(text)}`)
        },
        /** A line of the body, whole. */
        line(text: string): void {
          endOutput()
          body(clean(text))
        },
        /** Chunks as they come. */
        output(chunk: string): void {
          const lines = (rest + redactor.push(chunk)).split('\n')
          rest = lines.pop() ?? ''
          if (rest.length > MAX_LINE_LENGTH) lines.push(rest.slice(0, MAX_LINE_LENGTH))
          if (rest.length > MAX_LINE_LENGTH) rest = ''
          for (const line of lines) body(line)
        },
        error(text: string): void {
          endOutput()
          add('error', ` !     ${clean(text)}`)
        },
        /** The last line. */
        done(text: string): void {
          endOutput()
          add('done', `=====> ${clean(text)}`)
        },
        /** The last lines of output, as they were printed; at most `count`. */
        tail(count: number): string[] {
          endOutput()
          return read(id, Math.max(0, seq - count), count).flatMap(({ kind, text }) =>
            kind === 'output' ? text.replace(/^ {7}/, '') : [],
          )
        },
        /** A text of the same app for somewhere else, without its secrets. */
        clean,
        /** For lines after `done` too: what the watch has to say. */
        flush: (): void => flush(id),
      }
    },

    read,

    /** Whether its last line has been written: readers wait for that one. */
    isDone: (id: string): boolean =>
      read(id, store.lastSeqForPlatform(id) - 1, 1).at(-1)?.kind === 'done',

    /** Kept lines first, then live ones. Returns the way to stop. */
    follow(id: string, afterSeq: number, listener: (line: DeploymentLogLine) => void): () => void {
      let last = afterSeq
      for (let lines = read(id, last, 1_000); lines.length > 0; lines = read(id, last, 1_000))
        for (const line of lines) {
          last = line.seq
          listener(line)
        }
      const own = (line: DeploymentLogLine): void => {
        if (line.seq <= last) return
        last = line.seq
        listener(line)
      }
      const set = listeners.get(id) ?? new Set()
      listeners.set(id, set)
      set.add(own)
      return () => {
        set.delete(own)
        if (set.size === 0) listeners.delete(id)
      }
    },

    /** Writes everything that waits; at the daemon's end. */
    flushAll(): void {
      for (const id of waiting.keys()) flush(id)
    },
  }
}
export type DeploymentLogs = ReturnType<typeof createDeploymentLogs>

/** A progress bar prints over itself with carriage returns: what counts is what it printed last. */
function lastOverprint(text: string): string {
  const shown = text.endsWith('\r') ? text.slice(0, -1) : text
  return shown.slice(shown.lastIndexOf('\r') + 1)
}
