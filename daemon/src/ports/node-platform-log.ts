import type { PlatformLogLine, ReadPlatformLog } from '@vastrox/shared/agent-api-platform-log.ts'

/** What our own processes print on a node; shared/src/agent-api-platform-log.ts has the contract. */
export interface NodePlatformLog {
  /**
   * Lines of the processes that are named, or of all, newest first, some at a time. Rejects with
   * LOG_UNAVAILABLE where systemd keeps them, AGENT_UNREACHABLE where the agent is away.
   */
  read(input: ReadPlatformLog, signal: AbortSignal): AsyncIterable<PlatformLogLine[]>
}
