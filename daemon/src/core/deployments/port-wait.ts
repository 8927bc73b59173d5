import type { Listener } from '@vastrox/shared/agent-api.ts'
import type { HealthTarget } from '#core/deployments/health-target.ts'
import type { InsidePorts } from '#core/routing/port-publisher.ts'
import type { NodePorts } from '#ports/node-ports.ts'

const LOOK_EVERY_MS = 100
/** An app that speaks HTTP as well may bind that port a moment later. */
const PATIENCE_MS = 2_000

/** Whether an instance listens where ports of the server lead to. */
export function createPortWait(
  node: Pick<NodePorts, 'sockets'>,
  { name, ports }: Pick<HealthTarget, 'name' | 'ports'>,
  since: () => number,
) {
  let lookedAt = Number.NEGATIVE_INFINITY
  let missing: InsidePorts | undefined = ports[0]
  let openSince: number | undefined

  async function areOpen(): Promise<boolean> {
    if (ports.length === 0) return false
    if (since() - lookedAt < LOOK_EVERY_MS) return missing === undefined
    lookedAt = since()
    const [seen] = await node.sockets([name])
    missing = ports.find(
      ({ protocol, first, last }) =>
        !(seen?.[protocol] ?? []).some((port) => first <= port && port <= last),
    )
    openSince = missing ? undefined : (openSince ?? since())
    return missing === undefined
  }

  return {
    /** At one port of each range. */
    areOpen,
    /** For so long that nothing else is to be expected. */
    async haveBeenOpen(): Promise<boolean> {
      return (await areOpen()) && openSince !== undefined && since() - openSince >= PATIENCE_MS
    },
    /** Why it does not get anything yet. */
    said: (): string | undefined =>
      missing &&
      `nothing listens on ${missing.protocol === 'udp' ? 'UDP ' : ''}port ${say(missing)}, where a port of the server leads to`,
    /** A listener that is not one of them. */
    isNone: ({ port }: Listener): boolean =>
      !ports.some(
        ({ protocol, first, last }) => protocol === 'tcp' && first <= port && port <= last,
      ),
  }
}

const say = ({ first, last }: InsidePorts): string =>
  first === last ? String(first) : `${first}-${last}`
