import type {
  AddonImage,
  AddonLink,
  ExecAddon,
  ObservedAddon,
  OpenAddonExec,
  ReadAddonLogs,
  StartAddon,
} from '@vastrox/shared/agent-api-addons.ts'
import type { ReadLogsEvent } from '@vastrox/shared/agent-api.ts'
import type { Session } from '#ports/session.ts'

/** Databases on a node. The contracts of the verbs stand at shared/src/agent-api-addons.ts. */
export interface NodeAddons {
  /**
   * Has its image made of the distribution's packages, or fetched where a registry answers. Throws
   * IMAGE_PREPARE_FAILED, IMAGE_NOT_FOUND, IMAGE_PULL_FAILED with a `reason`.
   */
  prepare(image: AddonImage, onOutput: (text: string) => void, signal: AbortSignal): Promise<void>
  /** Gives its address on its own bridge. */
  start(spec: StartAddon): Promise<string>
  stop(addonId: string, except: number | null, graceMs: number): Promise<void>
  list(): Promise<ObservedAddon[]>
  keepLinks(links: readonly AddonLink[]): Promise<void>
  exec(spec: ExecAddon): Promise<{ exitCode: number; stdout: string; stderr: string }>
  remove(addonId: string): Promise<void>
  keepExceptions(
    exceptions: readonly {
      addonId: string
      from: string
      hostPort: number
      addonPort: number
      until: string
    }[],
  ): Promise<void>
  openExec(spec: OpenAddonExec, signal: AbortSignal): Promise<Session>
  readLogs(
    input: ReadAddonLogs,
    signal: AbortSignal,
  ): AsyncIterable<Extract<ReadLogsEvent, { type: 'line' }>>
}
