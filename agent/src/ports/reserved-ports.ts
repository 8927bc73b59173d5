import { portsOf } from '@vastrox/shared/firewall-rule.ts'
import type { Facts } from '#agent/firewall/facts.ts'

export interface PortWish {
  protocol: 'tcp' | 'udp'
  first: number
  last: number
}

/** Never an app's, whatever listens: the product's own, sshd's, and where an operator is connected. */
export function reservedPorts(
  { productPorts, sshPorts, operators, exceptions }: Facts,
  { protocol, first, last }: PortWish,
): { port: number; by: string }[] {
  const reserved = [
    ...productPorts.map((own) => ({ ...own, by: 'Vastrox itself' })),
    ...[22, ...sshPorts].map((port) => ({ protocol: 'tcp', ports: String(port), by: 'SSH' })),
    ...exceptions.map(({ hostPort }) => ({
      protocol: 'tcp',
      ports: String(hostPort),
      by: 'an exception of an add-on',
    })),
    ...operators.map(({ protocol: own, port }) => ({
      protocol: own,
      ports: String(port),
      by: 'the operator’s own connection',
    })),
  ]
  return reserved.flatMap(({ protocol: own, ports, by }) => {
    if (own !== protocol) return []
    const range = portsOf(ports)
    const from = Math.max(first, range.first)
    const to = Math.min(last, range.last)
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => ({ port: from + at, by }))
  })
}
