import { AGENT_STREAMS } from '@vastrox/shared/agent-api.ts'
import { ADDON_STREAMS, ADDON_VERBS, type AddonVerb } from '@vastrox/shared/agent-api-addons.ts'
import { frameOf } from '@vastrox/shared/node/frame.ts'
import type { z } from 'zod'
import type { AgentHttp } from '#adapters/agent/agent-http.ts'
import { eventsOf, last, postJson } from '#adapters/agent/agent-streams.ts'
import { openSession } from '#adapters/agent/open-session.ts'
import type { NodeAddons } from '#ports/node-addons.ts'

type Call = <Output extends z.ZodType>(
  verb: AddonVerb,
  output: Output,
  input: unknown,
  timeoutMs?: number,
) => Promise<z.output<Output>>

const START_MS = 120_000
/** The image of a database has hundreds of megabytes. */
const PULL_MS = 1_800_000

/** The verbs of add-ons, over whatever carries them. */
export function createNodeAddons(http: AgentHttp, call: Call): NodeAddons {
  const verbs = ADDON_VERBS
  const streams = ADDON_STREAMS
  return {
    async prepare(image, onOutput, signal) {
      if ('prepared' in image) {
        const posted = postJson(http, 'prepare-image', image.prepared, signal)
        const { event } = AGENT_STREAMS['prepare-image']
        await last(http, 'prepare-image', event, posted, signal, (one) => {
          if (one.type === 'output') onOutput(one.text)
        })
        return
      }
      const input = { reference: image.reference, credentials: null, timeoutMs: PULL_MS }
      const posted = postJson(http, 'pull-addon-image', input, signal)
      const { event } = streams['pull-addon-image']
      await last(http, 'pull-addon-image', event, posted, signal, (one) => {
        if (one.type === 'output') onOutput(one.text)
      })
    },

    /** An older generation is stopped in its own time before. */
    start: async (spec) =>
      (await call('start-addon', verbs['start-addon'].output, spec, spec.stopGraceMs + START_MS))
        .host,
    async stop(addonId, except, graceMs) {
      const input = { addonId, except, graceMs }
      await call('stop-addon', verbs['stop-addon'].output, input, graceMs + START_MS)
    },
    list: async () => (await call('list-addons', verbs['list-addons'].output, {})).addons,
    async keepLinks(links) {
      await call('keep-addon-links', verbs['keep-addon-links'].output, { links }, START_MS)
    },
    exec: (spec) => call('exec-addon', verbs['exec-addon'].output, spec, spec.timeoutMs + START_MS),
    async remove(addonId) {
      await call('remove-addon', verbs['remove-addon'].output, { addonId }, START_MS)
    },
    async keepExceptions(exceptions) {
      const { output } = verbs['keep-addon-exceptions']
      await call('keep-addon-exceptions', output, { exceptions }, START_MS)
    },

    openExec(spec, signal) {
      const posted = http.post('open-addon-exec', undefined, signal)
      posted.body.write(frameOf(spec))
      const { event } = streams['open-addon-exec']
      return openSession(posted, eventsOf(http, 'open-addon-exec', event, posted), signal)
    },

    async *readLogs(input, signal) {
      const posted = postJson(http, 'read-addon-logs', input, signal)
      const { event } = streams['read-addon-logs']
      for await (const one of eventsOf(http, 'read-addon-logs', event, posted))
        if (one.type === 'line') yield one
    },
  }
}
