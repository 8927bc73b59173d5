import type { Actor } from '@vastrox/shared/actor.ts'
import type { DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'

type Deployments = Pick<DeploymentService, 'get' | 'readLog' | 'follow'>

/**
 * A deployment's log behind `after`, line by line as it grows, to the line that ends it. The reader
 * may be as slow as it likes: lines are read when it comes for them.
 */
export async function* readToEnd(
  deployments: Deployments,
  actor: Actor,
  appName: string,
  number: number,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<DeploymentLogLine, void, undefined> {
  const { id } = deployments.get(actor, appName, number)
  let last = after
  while (!signal.aborted) {
    const lines = deployments.readLog(actor, appName, number, last)
    for (const line of lines) {
      last = line.seq
      yield line
      if (line.kind === 'done') return
    }
    if (lines.length > 0) continue
    const { state } = deployments.get(actor, appName, number)
    if (ENDED.has(state)) return
    await nextLine(deployments, id, last, signal)
  }
}

/** In these a log that has no line to end it will not get one any more. */
const ENDED: ReadonlySet<string> = new Set([
  'live',
  'superseded',
  'reverted',
  'failed',
  'cancelled',
])

async function nextLine(
  deployments: Deployments,
  id: string,
  after: number,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const onAbort = (): void => resolve()
  signal.addEventListener('abort', onAbort, { once: true })
  const stop = deployments.follow(id, after, () => resolve())
  if (signal.aborted) resolve()
  await promise
  stop()
  signal.removeEventListener('abort', onAbort)
}
