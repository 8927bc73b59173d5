import { PLATFORM_LOG_STREAMS } from '@vastrox/shared/agent-api-platform-log.ts'
import type { AgentHttp } from '#adapters/agent/agent-http.ts'
import { eventsOf, postJson } from '#adapters/agent/agent-streams.ts'
import type { NodePlatformLog } from '#ports/node-platform-log.ts'

/** The verb about our own processes' log, over whatever carries it. */
export const createNodePlatformLog = (http: AgentHttp): NodePlatformLog => ({
  async *read(input, signal) {
    const posted = postJson(http, 'read-platform-log', input, signal)
    const { event } = PLATFORM_LOG_STREAMS['read-platform-log']
    for await (const one of eventsOf(http, 'read-platform-log', event, posted))
      if (one.type === 'lines') yield one.lines
  },
})
