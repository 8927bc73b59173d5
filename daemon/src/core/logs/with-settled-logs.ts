import type { LogCollector } from '#core/logs/log-collector.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

const SETTLE_MS = 2_000

/** The same agent, whose instances are read to the end of their logs before they are stopped, for good or for a sleep. */
export const withSettledLogs = <
  Agent extends Pick<NodeAgent, 'stopInstances' | 'sleepInstances' | 'wakeInstances'>,
>(
  agent: Agent,
  collector: Pick<LogCollector, 'settle' | 'goOn'>,
): Agent => ({
  ...agent,
  stopInstances: async (names, graceMs) => {
    await collector.settle(names, SETTLE_MS)
    await agent.stopInstances(names, graceMs)
  },
  sleepInstances: async (names, graceMs) => {
    await collector.settle(names, SETTLE_MS)
    await agent.sleepInstances(names, graceMs)
  },
  wakeInstances: (names) => {
    collector.goOn(names)
    return agent.wakeInstances(names)
  },
})
