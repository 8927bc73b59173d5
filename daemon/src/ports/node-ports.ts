import type { PortOutput, PortSockets, PublishedPort } from '@vastrox/shared/agent-api-ports.ts'
import type { PortProtocol } from '@vastrox/shared/app-port.ts'

/** Raw ports of a node. The contracts stand at shared/src/agent-api-ports.ts. */
export interface NodePorts {
  /** All of them; resolves once the kernel has them. Throws FIREWALL_UNAVAILABLE and FIREWALL_REFUSED. */
  keep(ports: readonly PublishedPort[]): Promise<void>
  read(): Promise<PortOutput<'read-ports'>>
  /** Who has these ports already; nobody: an empty list. */
  check(
    protocol: PortProtocol,
    first: number,
    last: number,
  ): Promise<PortOutput<'check-ports'>['taken']>
  /** Of those that run. */
  sockets(names: readonly string[]): Promise<PortSockets[]>
}
