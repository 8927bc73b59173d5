import { ChangeProcess, ProcessName } from '@vastrox/shared/process.ts'
import { type ConfigEntry, configShape } from '@vastrox/shared/config-shape.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { ConfigSection } from '#core/config-file/section.ts'
import type { ProcessSettings } from '#core/processes/process-settings.ts'

const { scale, memoryBytes, cpuMillis, stopGraceMs } = ChangeProcess.shape

/** How many instances of each process there are, and what one of them may take. */
export const processesSection = (
  finder: AppFinder,
  processes: Pick<ProcessSettings, 'change'>,
): ConfigSection => ({
  name: 'processes',
  comment: 'What is not said of a process is as in the settings of the app.',
  isSingle: false,
  names: ProcessName,
  shape: configShape({ scale, memoryBytes, cpuMillis, stopGraceMs }),
  usual: { memoryBytes: null, cpuMillis: null, stopGraceMs: null },
  isKept: 'which processes there are is said by the source',
  async read({ actor, app }) {
    const record = finder.find(actor, app)
    const names = new Set([...Object.keys(record.scale), ...Object.keys(record.processLimits)])
    return Object.fromEntries(
      [...names].map((name): [string, ConfigEntry] => [
        name,
        {
          scale: record.scale[name] ?? (name === 'web' ? 1 : 0),
          memoryBytes: null,
          cpuMillis: null,
          stopGraceMs: null,
          ...record.processLimits[name],
        },
      ]),
    )
  },
  async make({ actor, app }, changes) {
    return changes.map(
      ({ name, said }) => processes.change(actor, app, name, ChangeProcess.parse(said)).deployment,
    )
  },
})
