import type { AppConfig, CronJob, ProcessConfig } from '@vastrox/shared/app-config.ts'
import type { BuildSettings } from '@vastrox/shared/build-settings.ts'

/** What one file says, in words of ours. */
export interface FileSays {
  /** Its path in the source. */
  file: string
  build: Partial<BuildSettings>
  /** Process name → command line. */
  commands: Record<string, string>
  config: Partial<AppConfig>
  /** What is to be told about it, one line each. */
  lines: string[]
}

export const NOTHING_SAID: FileSays = { file: '', build: {}, commands: {}, config: {}, lines: [] }

export const NO_PROCESS_CONFIG: ProcessConfig = {
  scale: null,
  memoryBytes: null,
  cpuMillis: null,
  stopGraceMs: null,
  exclusive: false,
}

type SaidJob = Pick<CronJob, 'command' | 'schedule' | 'overlap'> & {
  name?: string | undefined
  timeZone?: string | undefined
  timeout?: number | undefined
  memory?: number | null | undefined
}

const MAX_NAME = 40

/** Each gets a name of its own: the one that was given, or one made of its command. */
export function cronJobs(said: readonly SaidJob[]): CronJob[] {
  const taken = new Set<string>()
  return said.map((job) => {
    const name = freeName(job.name ?? nameFrom(job.command), taken)
    taken.add(name)
    return {
      name,
      schedule: job.schedule,
      timeZone: job.timeZone ?? null,
      command: job.command,
      overlap: job.overlap,
      timeoutMs: job.timeout ?? null,
      memoryBytes: job.memory ?? null,
    }
  })
}

/** "node scripts/clean-up.js --all" → "node-scripts-clean-up-js-all". */
function nameFrom(command: string): string {
  const words =
    command
      .slice(0, 200)
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  return (
    words
      .join('-')
      .replace(/^[0-9-]+/, '')
      .slice(0, MAX_NAME)
      .replace(/-$/, '') || 'job'
  )
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`
    const name = wanted.slice(0, MAX_NAME - suffix.length) + suffix
    if (!taken.has(name)) return name
  }
}
