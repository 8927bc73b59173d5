import type {
  Route,
  RoutingSnapshot,
  SnapshotCertificate,
  WireParts,
  WireSnapshot,
} from '#ports/routing-snapshot.ts'

/**
 * The routes and certificates that came over one connection to the daemon, by digest. What did not
 * change between two snapshots is the same object in both: it is neither sent, parsed nor hashed again.
 */
export function createSnapshotParts() {
  const routes = createHeld<Route>()
  const certificates = createHeld<SnapshotCertificate>()

  return {
    add(parts: WireParts): void {
      for (const { digest, route } of parts.routes) routes.add(digest, route)
      for (const { digest, certificate } of parts.certificates)
        certificates.add(digest, certificate)
    },

    /** Puts the parts in the place of their digests. Throws where one never came. */
    complete(snapshot: WireSnapshot): RoutingSnapshot {
      const completed = {
        ...snapshot,
        routes: routes.take(snapshot.routes),
        certificates: certificates.take(snapshot.certificates),
      }
      routes.forgetOthers()
      certificates.forgetOthers()
      return completed
    },
  }
}
export type SnapshotParts = ReturnType<typeof createSnapshotParts>

/** Parts by digest. Those that a snapshot names are marked, so that no second map has to be made of them. */
function createHeld<Part extends object>() {
  const held = new Map<string, { part: Part; namedIn: number }>()
  let turn = 0

  function find(digest: string): Part {
    const entry = held.get(digest)
    if (!entry) throw new Error(`part ${digest} was named and never sent`)
    entry.namedIn = turn
    return entry.part
  }

  return {
    add(digest: string, part: Part): void {
      held.set(digest, { part, namedIn: 0 })
    },
    take(entries: readonly (Part | string)[]): Part[] {
      turn += 1
      return entries.map((entry) => (typeof entry === 'string' ? find(entry) : entry))
    },
    /** What the last snapshot did not name. */
    forgetOthers(): void {
      for (const [digest, { namedIn }] of held) if (namedIn !== turn) held.delete(digest)
    },
  }
}
