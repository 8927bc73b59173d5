import type { AuditAnchor, AuditFinding } from '@vastrox/shared/audit-event.ts'
import type { AuditChain } from '#core/audit/audit-chain.ts'
import type { AuditHead, AuditRow, AuditStore } from '#store/audit-store.ts'

interface Deps {
  audit: Pick<AuditStore, 'listAfterForPlatform' | 'headForPlatform'>
  chain: AuditChain
  /** Those whose signature is right, by the event they are of. */
  anchors: readonly AuditAnchor[]
  /** Lets others work between two batches. */
  pause: () => Promise<void>
}

/** A few milliseconds of work: requests are served between two. */
const BATCH = 200
const MAX_FINDINGS = 100

/**
 * Reads the whole log, whatever its length, and names what is not as it was written: events that
 * were edited, are missing or were added, a head that is not of this log, and an end that is before
 * what was signed outside the database.
 */
export async function verifyAudit({ audit, chain, anchors, pause }: Deps) {
  const findings: AuditFinding[] = []
  const byId = new Map(anchors.map((anchor) => [anchor.id, anchor]))
  const find = (kind: AuditFinding['kind'], id: number, reason: string): void => {
    if (findings.length < MAX_FINDINGS) findings.push({ id, kind, reason })
  }

  let events = 0
  let lastId = 0
  let lastHash = ''
  /** What the next event may follow: more than one hash only behind one that was edited. */
  let followed = ['']

  function look(row: AuditRow): void {
    events += 1
    if (row.id <= lastId) return find('added', row.id, `Audit event ${row.id} was added.`)
    const isAfterGap = row.id > lastId + 1
    if (isAfterGap) find('missing', lastId + 1, sayMissing(lastId + 1, row.id - 1))
    const isRight = followed.some((before) => chain.hashOf(before, row) === row.hash)
    if (!isRight && !isAfterGap) find('edited', row.id, `Audit event ${row.id} was changed.`)
    const anchor = byId.get(row.id)
    if (anchor && anchor.chain !== row.hash)
      find(
        'anchor',
        row.id,
        `Audit event ${row.id} is not the one that was signed on ${anchor.at}.`,
      )
    followed =
      isRight || isAfterGap
        ? [row.hash]
        : [...followed.map((before) => chain.hashOf(before, row)), ...followed, row.hash].slice(-4)
    lastId = row.id
    lastHash = row.hash
  }

  // From below the first: what was put in front of it is found too.
  let after = Number.MIN_SAFE_INTEGER
  let head: AuditHead | undefined
  for (;;) {
    const rows = audit.listAfterForPlatform(after, BATCH)
    for (const row of rows) look(row)
    after = rows.at(-1)?.id ?? after
    if (rows.length < BATCH) {
      // With nothing awaited in between: nobody has added an event since.
      head = audit.headForPlatform()
      break
    }
    await pause()
  }

  if (head && head.seal !== chain.sealOf(head))
    find('head', head.id, 'The seal of the last audit event is not ours.')
  if (head && head.id < lastId)
    find('added', head.id + 1, `Audit events after ${head.id} were added, or their end was moved.`)
  if (head && head.id > lastId) find('missing', lastId + 1, sayMissing(lastId + 1, head.id))
  const isNamed = findings.some(({ id }) => id === lastId)
  if (head && head.id === lastId && head.hash !== lastHash && !isNamed)
    find('head', head.id, `The seal is not of audit event ${head.id} as it is now.`)
  if (!head && lastId > 0)
    find(
      'missing',
      lastId + 1,
      `The seal of the log is gone: events after ${lastId} may be missing.`,
    )
  const furthest = anchors.reduce<AuditAnchor | undefined>(
    (far, anchor) => (far && far.id >= anchor.id ? far : anchor),
    undefined,
  )
  if (furthest && furthest.id > lastId)
    find(
      'missing',
      lastId + 1,
      `${sayMissing(lastId + 1, furthest.id)} Event ${furthest.id} was signed on ${furthest.at}.`,
    )
  return { events, findings }
}

const sayMissing = (from: number, to: number): string =>
  from >= to ? `Audit event ${from} is missing.` : `Audit events ${from} to ${to} are missing.`
