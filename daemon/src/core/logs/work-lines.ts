import type { DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'

interface Deps {
  logs: Pick<AppLogs, 'add'>
  /** `build.12`, `release.12`, `run.7`: what it is that prints now; undefined for what is gone. */
  sourceOf: (id: string) => string | undefined
}

const MAX_REMEMBERED = 100

/**
 * Lines of builds, release commands and runs, for the log of their app. Give it each line; what a
 * deployment is about is asked for again at each of its steps.
 */
export function createWorkLines({ logs, sourceOf }: Deps) {
  const sources = new Map<string, string>()

  return ({ id, appId }: { id: string; appId: string }, line: DeploymentLogLine): void => {
    const known = line.kind === 'step' ? undefined : sources.get(id)
    const source = known ?? sourceOf(id)
    if (source === undefined) return
    sources.set(id, source)
    const [oldest] = sources.keys()
    if (sources.size > MAX_REMEMBERED && oldest !== undefined) sources.delete(oldest)
    if (line.kind === 'done') sources.delete(id)
    const { at, kind, text } = line
    const stream = kind === 'output' ? 'stdout' : 'platform'
    const shown = kind === 'output' ? text.replace(/^ {7}/, '') : text
    void logs.add(appId, {
      line: { at, source, release: null, stream, text: shown },
      instance: null,
    })
  }
}
