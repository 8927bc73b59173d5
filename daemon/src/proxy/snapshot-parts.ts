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
  let routes = new Map<string, Route>()
  let certificates = new Map<string, SnapshotCertificate>()

  return {
    add(parts: WireParts): void {
      for (const { digest, route } of parts.routes) routes.set(digest, route)
      for (const { digest, certificate } of parts.certificates)
        certificates.set(digest, certificate)
    },

    /** Puts the parts in the place of their digests. Throws where one never came. */
    complete(snapshot: WireSnapshot): RoutingSnapshot {
      const [routesNow, routeOf] = keeping(routes)
      const [certificatesNow, certificateOf] = keeping(certificates)
      const completed = {
        ...snapshot,
        routes: snapshot.routes.map(routeOf),
        certificates: snapshot.certificates.map(certificateOf),
      }
      routes = routesNow
      certificates = certificatesNow
      return completed
    },
  }
}
export type SnapshotParts = ReturnType<typeof createSnapshotParts>

/** Finds parts among those that are held, and collects those that are named. */
function keeping<Part>(held: ReadonlyMap<string, Part>) {
  const named = new Map<string, Part>()
  const find = (entry: Part | string): Part => {
    if (typeof entry !== 'string') return entry
    const part = held.get(entry)
    if (part === undefined) throw new Error(`part ${entry} was named and never sent`)
    named.set(entry, part)
    return part
  }
  return [named, find] as const
}
