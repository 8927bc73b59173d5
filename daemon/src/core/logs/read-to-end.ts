import type { Actor } from '@vastrox/shared/actor.ts'
import type { DeploymentLogLine } from '@vastrox/shared/deployment.ts'

/** What has a log that ends: deployments, and runs. */
interface Logged {
  get(actor: Actor, appName: string, number: number): { id: string; state: string }
  readLog(actor: Actor, appName: string, number: number, afterSeq: number): DeploymentLogLine[]
  follow(id: string, afterSeq: number, listener: () => void): () => void
}

/**
 * A log behind `after`, line by line as it grows, to the line that ends it. The reader
 * may be as slow as it likes: lines are read when it comes for them.
 */
export async function* readToEnd(
  logged: Logged,
  actor: Actor,
  appName: string,
  number: number,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<DeploymentLogLine, void, undefined> {
  const { id } = logged.get(actor, appName, number)
  let last = after
  while (!signal.aborted) {
    const lines = logged.readLog(actor, appName, number, last)
    for (const line of lines) {
      last = line.seq
      yield line
      if (line.kind === 'done') return
    }
    if (lines.length > 0) continue
    const { state } = logged.get(actor, appName, number)
    if (ENDED.has(state)) return
    await nextLine(logged, id, last, signal)
  }
}

/** In these a log that has no line to end it will not get one any more. */
const ENDED: ReadonlySet<string> = new Set([
  'live',
  'superseded',
  'reverted',
  'failed',
  'cancelled',
  'succeeded',
  'timed-out',
  'stopped',
  'interrupted',
  'skipped',
  'missed',
])

async function nextLine(
  logged: Logged,
  id: string,
  after: number,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const onAbort = (): void => resolve()
  signal.addEventListener('abort', onAbort, { once: true })
  const stop = logged.follow(id, after, () => resolve())
  if (signal.aborted) resolve()
  await promise
  stop()
  signal.removeEventListener('abort', onAbort)
}
