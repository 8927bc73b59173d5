import { METRIC_STREAMS } from '@vastrox/shared/agent-api-metrics.ts'
import type { AgentHttp } from '#adapters/agent/agent-http.ts'
import { eventsOf, postJson } from '#adapters/agent/agent-streams.ts'
import type { NodeMetrics } from '#ports/node-metrics.ts'

/** A sample of 2,000 containers has about a megabyte. */
const MOST_LINE_BYTES = 4 * 2 ** 20
/** The agent takes one every 15 s; one that says nothing for so long is dialled anew. */
const SILENCE_MS = 60_000

/** The verbs about metrics, over whatever carries them. */
export function createNodeMetrics(http: AgentHttp): NodeMetrics {
  return {
    async *readSamples(input, signal) {
      const silence = new AbortController()
      const timer = setTimeout(() => silence.abort(), SILENCE_MS)
      const both = AbortSignal.any([signal, silence.signal])
      try {
        const posted = postJson(http, 'read-samples', input, both)
        const { event: schema } = METRIC_STREAMS['read-samples']
        for await (const event of eventsOf(http, 'read-samples', schema, posted, MOST_LINE_BYTES)) {
          timer.refresh()
          if (event.type === 'sample') yield event.sample
        }
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
