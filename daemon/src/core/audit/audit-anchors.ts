import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { AuditAnchor, AuditFinding } from '@vastrox/shared/audit-event.ts'
import type { AnchorLog } from '#ports/anchor-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { AuditStore } from '#store/audit-store.ts'

interface Deps {
  audit: Pick<AuditStore, 'headForPlatform'>
  log: AnchorLog
  clock: Clock
  /** 32 bytes of their own purpose: the seed of the Ed25519 key. */
  seed: Buffer
}

/** In front of a seed, it is a private key in PKCS#8. */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** What is signed; anybody with the public key can check a line that the journal has kept. */
export const anchorText = ({ at, id, chain }: Pick<AuditAnchor, 'at' | 'id' | 'chain'>): Buffer =>
  Buffer.from(`vastrox audit anchor\n${at}\n${id}\n${chain}\n`)

/**
 * The end of the log, signed and put outside the database: whoever replaces the database by an
 * older one, seal and all, is found.
 */
export function createAuditAnchors({ audit, log, clock, seed }: Deps) {
  const privateKey = createPrivateKey({
    key: Buffer.concat([ED25519_PKCS8, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const publicKey = createPublicKey(privateKey)
  const shown = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
  let lastId: number | undefined

  return {
    publicKey: shown,

    /** Makes one where anything was written since the last. */
    async add(): Promise<void> {
      const head = audit.headForPlatform()
      if (!head) return
      lastId ??= (await log.read()).at(-1)?.id
      if (lastId === head.id) return
      const about = { at: clock.now().toISOString(), id: head.id, chain: head.hash }
      const signature = sign(null, anchorText(about), privateKey).toString('base64')
      await log.add({ ...about, signature, publicKey: shown })
      lastId = head.id
    },

    /** Those that are ours, and what is to be said of the others. */
    async read(): Promise<{ anchors: AuditAnchor[]; findings: AuditFinding[] }> {
      const anchors: AuditAnchor[] = []
      const findings: AuditFinding[] = []
      for (const [at, line] of (await log.read()).entries()) {
        if (line && isOurs(line, publicKey)) anchors.push(line)
        else
          findings.push({
            id: line?.id ?? 0,
            kind: 'anchor',
            reason: `Line ${at + 1} of the file of anchors is not signed by this installation.`,
          })
      }
      return { anchors, findings }
    },
  }
}
export type AuditAnchors = ReturnType<typeof createAuditAnchors>

const isOurs = (anchor: AuditAnchor, publicKey: KeyObject): boolean =>
  verify(null, anchorText(anchor), publicKey, Buffer.from(anchor.signature, 'base64'))
