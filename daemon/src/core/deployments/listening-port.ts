import type { Listener } from '@vastrox/shared/agent-api.ts'

export type PortFinding =
  | { kind: 'open'; port: number; expected: boolean }
  | { kind: 'loopback'; port: number; expected: boolean }
  | { kind: 'none' }

/** Docker's own name server inside each container's network namespace. */
const ENGINE_RESOLVER = '127.0.0.11'
/** Node's debugger: never what an app serves on. */
const DEBUGGER_PORT = 9_229
/** Where several are open and none is the expected one, the usual ports of web servers go first. */
const USUAL_PORTS = [80, 8_080, 8_000, 5_000, 4_000, 3_000]

/** Which of the sockets that are listening inside an instance is the app's. */
export function findPort(listeners: readonly Listener[], expectedPort: number): PortFinding {
  const own = listeners.filter(
    ({ address, port }) => address !== ENGINE_RESOLVER && port !== DEBUGGER_PORT,
  )
  const open = own.filter((listener) => !isLoopback(listener.address))
  if (open.some(({ port }) => port === expectedPort))
    return { kind: 'open', port: expectedPort, expected: true }

  const port = pick(open)
  if (port !== undefined) return { kind: 'open', port, expected: false }

  const local = own.some((listener) => listener.port === expectedPort) ? expectedPort : pick(own)
  if (local === undefined) return { kind: 'none' }
  return { kind: 'loopback', port: local, expected: local === expectedPort }
}

function pick(listeners: readonly Listener[]): number | undefined {
  const ports = listeners.map(({ port }) => port).toSorted((one, other) => one - other)
  return USUAL_PORTS.find((port) => ports.includes(port)) ?? ports[0]
}

const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')
