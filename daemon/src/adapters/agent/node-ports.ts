import { PORT_VERBS, type PortVerb } from '@vastrox/shared/agent-api-ports.ts'
import type { z } from 'zod'
import type { NodePorts } from '#ports/node-ports.ts'

type Call = <Output extends z.ZodType>(
  verb: PortVerb,
  output: Output,
  input: unknown,
) => Promise<z.output<Output>>

/** The verbs of raw ports, over whatever carries them. */
export function createNodePorts(call: Call): NodePorts {
  const verbs = PORT_VERBS
  return {
    async keep(ports) {
      await call('keep-ports', verbs['keep-ports'].output, { ports })
    },
    read: () => call('read-ports', verbs['read-ports'].output, {}),
    check: async (protocol, first, last) =>
      (await call('check-ports', verbs['check-ports'].output, { protocol, first, last })).taken,
    sockets: async (names) =>
      (await call('read-port-sockets', verbs['read-port-sockets'].output, { names })).instances,
  }
}
