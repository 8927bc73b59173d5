import type { PlatformLogLine } from '@vastrox/shared/agent-api-platform-log.ts'
import type { CodedError } from '@vastrox/shared/errors.ts'
import type { NodePlatformLog } from '#ports/node-platform-log.ts'

/** Some at a time, as the agent gives them. */
const AT_ONCE = 3

/** Processes that have printed what a test says, in that order. */
export function createFakePlatformLog() {
  const lines: PlatformLogLine[] = []
  const fake = {
    lines,
    /** Set: it cannot be read. */
    failure: undefined as CodedError | undefined,
    print(process: string, at: string, text: string): void {
      lines.push({ process, at, text })
    },
    agent: (alive: (verb: string) => Promise<void>): NodePlatformLog => ({
      async *read({ processes, from, to }, signal) {
        await alive('read-platform-log')
        if (fake.failure) throw fake.failure
        const found = lines
          .filter(({ process }) => processes.length === 0 || processes.includes(process))
          .filter(({ at }) => (from === null || at >= from) && (to === null || at <= to))
          .toReversed()
        for (let at = 0; at < found.length && !signal.aborted; at += AT_ONCE)
          yield found.slice(at, at + AT_ONCE)
      },
    }),
  }
  return fake
}
export type FakePlatformLog = ReturnType<typeof createFakePlatformLog>
