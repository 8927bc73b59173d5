import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { LocalAuthority } from '#ports/local-authority.ts'
import type { SnapshotCertificate } from '#ports/routing-snapshot.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { CertificateRecord, CertificateStore } from '#store/certificate-store.ts'
import type { z } from 'zod'

type Certificate = z.infer<typeof SnapshotCertificate>

interface Deps {
  authority: LocalAuthority
  certificates: CertificateStore
  secretBox: SecretBox
  clock: Clock
  newId: NewId
  /** The team that the platform's own rows belong to. */
  teamId: () => string
}

const DAY_MS = 86_400_000
/** The last third of 90 days, as for public certificates (rule R6). */
const RENEW_BEFORE_MS = 30 * DAY_MS

/**
 * Certificates for the hosts of routes. Until a public CA has given one, every host has one of the
 * local CA from its first minute; it is renewed in the last third of its life.
 */
export function createCertificateService({
  authority,
  certificates,
  secretBox,
  clock,
  newId,
  teamId,
}: Deps) {
  const underWay = new Map<string, Promise<void>>()
  /** Opened once per record: a snapshot is made at every switch, and GCM over keys is not free. */
  const opened = new Map<string, Certificate>()

  async function issue(host: string): Promise<void> {
    const issued = await authority.issue([host])
    const id = newId()
    const before = certificates.listForPlatform().filter((record) => record.hosts.includes(host))
    certificates.insertForPlatform({
      id,
      teamId: teamId(),
      issuer: 'local',
      hosts: [host],
      certificatePem: issued.certificatePem,
      keySealed: secretBox.seal(issued.keyPem, contextOf(id)),
      notAfter: issued.notAfter.toISOString(),
      createdAt: clock.now().toISOString(),
    })
    for (const record of before) {
      certificates.removeForPlatform(record.id)
      opened.delete(record.id)
    }
  }

  const isFresh = (record: CertificateRecord): boolean =>
    Date.parse(record.notAfter) - clock.now().getTime() > RENEW_BEFORE_MS

  return {
    /** Sees to it that each host has a certificate; true when one was made. One issue per host at a time. */
    async ensure(hosts: readonly string[]): Promise<boolean> {
      const fresh = new Set(
        certificates
          .listForPlatform()
          .filter(isFresh)
          .flatMap((record) => record.hosts),
      )
      const missing = hosts.filter((host) => !fresh.has(host))
      await Promise.all(
        missing.map((host) => {
          const running = underWay.get(host) ?? issue(host).finally(() => underWay.delete(host))
          underWay.set(host, running)
          return running
        }),
      )
      return missing.length > 0
    },

    /** What the proxy is given. */
    source(): Certificate[] {
      return certificates.listForPlatform().map((record) => {
        const known = opened.get(record.id)
        if (known) return known
        const certificate = {
          id: record.id,
          hosts: record.hosts,
          certificatePem: record.certificatePem,
          keyPem: secretBox.open(record.keySealed, contextOf(record.id)),
        }
        opened.set(record.id, certificate)
        return certificate
      })
    },
  }
}
export type CertificateService = ReturnType<typeof createCertificateService>

const contextOf = (id: string): string => `certificates|${id}|key_sealed`
