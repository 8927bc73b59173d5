import type { LoadedException } from '#agent/firewall/loaded-exception.ts'
import { bridgesOf } from '#agent/firewall/names.ts'
import { chain, line } from '#agent/firewall/text.ts'

/** Before raw ports, and before Docker's own translation. */
const BEFORE_PORTS = -102
/** At the loopback address a translated packet would have no way back. */
const TO_THIS_MACHINE = 'meta nfproto ipv4 ip daddr != 127.0.0.0/8 fib daddr type local'

/**
 * Ways in to add-ons, each for one source, one port and some time, which the kernel itself knows the end
 * of. What comes by one is told apart from nobody's own traffic by the translation, and has the address
 * of the bridge for the add-on: it has no way out by which it could answer anybody else.
 */
export function exceptionChains(exceptions: readonly LoadedException[]): string[] {
  if (exceptions.length === 0) return []
  return [
    ...chain('exceptions_arriving', [
      `type nat hook prerouting priority ${BEFORE_PORTS}; policy accept;`,
      ...exceptions.map((each) =>
        line(
          TO_THIS_MACHINE,
          admits(each),
          `counter dnat ip to ${each.target}:${each.addonPort} comment "addon ${each.addonId}"`,
        ),
      ),
    ]),
    ...chain('exceptions_answering', [
      'type nat hook postrouting priority 99; policy accept;',
      ...[...new Set(exceptions.map(({ target }) => target))]
        .toSorted()
        .map((target) => `ip daddr ${target} ct status dnat masquerade`),
    ]),
  ]
}

/** In `enforce`: whom they are for, unless a rule of the operator's has said no before. */
export const openExceptions = (exceptions: readonly LoadedException[]): string[] =>
  exceptions.map((each) => line(admits(each), 'accept'))

/** What they lead to our networks may pass to them. */
export const passExceptions = (
  exceptions: readonly LoadedException[],
  instance: string,
): string[] =>
  exceptions.length === 0 ? [] : [`oifname "${bridgesOf(instance)}" ct status dnat accept`]

const admits = ({ from, hostPort, until }: LoadedException): string =>
  `meta time < ${Math.floor(Date.parse(until) / 1_000)} ip saddr ${from} tcp dport ${hostPort}`
