import { hash } from 'node:crypto'
import type {
  DaemonToWorker,
  Route,
  RoutingSnapshot,
  SnapshotCertificate,
  WireParts,
} from '#ports/routing-snapshot.ts'

/** At most 200 by the contract of the wire; a line of 100 certificates is parsed in about 2 ms. */
const PARTS_A_LINE = 100

/** A snapshot on its way to workers. Each line that is the same for all of them is made once. */
export function createPublication(number: number, snapshot: RoutingSnapshot) {
  let whole: string | undefined
  let named: string | undefined
  let digests: Set<string> | undefined
  let parts: { routes: Map<string, Route>; certificates: Map<string, SnapshotCertificate> }

  const partsOf = (): typeof parts =>
    (parts ??= {
      routes: new Map(snapshot.routes.map((route) => [textDigest(JSON.stringify(route)), route])),
      certificates: new Map(snapshot.certificates.map((each) => [digestOf(each), each])),
    })

  const wholeLine = (): string => (whole ??= lineOf({ type: 'snapshot', snapshot }))

  const namedLine = (): string => {
    const { routes, certificates } = partsOf()
    named ??= lineOf({
      type: 'snapshot',
      snapshot: {
        ...snapshot,
        routes: [...routes.keys()],
        certificates: [...certificates.keys()],
      },
    })
    return named
  }

  return {
    number,
    snapshot,

    /** What a worker holds after it. */
    digests: (): ReadonlySet<string> =>
      (digests ??= new Set([...partsOf().routes.keys(), ...partsOf().certificates.keys()])),

    /** The lines for a worker that holds these parts; undefined for one that takes whole snapshots only. */
    *linesFor(holds: ReadonlySet<string> | undefined): Generator<string> {
      if (!holds) {
        yield wholeLine()
        return
      }
      const { routes, certificates } = partsOf()
      for (const missing of inLines(routes, holds))
        yield partsLine({ routes: missing.map(([digest, route]) => ({ digest, route })) })
      for (const missing of inLines(certificates, holds))
        yield partsLine({
          certificates: missing.map(([digest, certificate]) => ({ digest, certificate })),
        })
      yield namedLine()
    },
  }
}
export type Publication = ReturnType<typeof createPublication>

function* inLines<Part>(
  parts: ReadonlyMap<string, Part>,
  holds: ReadonlySet<string>,
): Generator<[string, Part][]> {
  const missing = [...parts].filter(([digest]) => !holds.has(digest))
  for (let at = 0; at < missing.length; at += PARTS_A_LINE)
    yield missing.slice(at, at + PARTS_A_LINE)
}

const partsLine = (parts: Partial<WireParts>): string =>
  lineOf({ type: 'parts', parts: { routes: [], certificates: [], ...parts } })

const lineOf = (message: DaemonToWorker): string => `${JSON.stringify(message)}\n`

const known = new WeakMap<SnapshotCertificate, string>()

/** The certificates of a source are the same objects from snapshot to snapshot: each is hashed once. */
function digestOf(certificate: SnapshotCertificate): string {
  const before = known.get(certificate)
  if (before !== undefined) return before
  const digest = textDigest(JSON.stringify(certificate))
  known.set(certificate, digest)
  return digest
}

/** 144 bits: nobody chooses both of two parts, and each lives for as long as a connection. */
const textDigest = (text: string): string => hash('sha256', text, 'base64url').slice(0, 24)
