import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { LocalAuthority } from '#ports/local-authority.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { CertificateRecord, CertificateStore } from '#store/certificate-store.ts'
import { keyContext } from './certificate-keys.ts'

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

/** Certificates of the local CA, for every host that it may sign for, from the host's first minute. */
export function createLocalCertificates(deps: Deps) {
  const { authority, certificates, secretBox, clock, newId, teamId } = deps
  const underWay = new Map<string, Promise<void>>()

  async function issue(host: string): Promise<void> {
    const issued = await authority.issue([host])
    const id = newId()
    const before = certificates
      .listForPlatform()
      .filter((record) => record.issuer === 'local' && record.hosts.includes(host))
    certificates.insertForPlatform({
      id,
      teamId: teamId(),
      issuer: 'local',
      hosts: [host],
      certificatePem: issued.certificatePem,
      keySealed: secretBox.seal(issued.keyPem, keyContext(id)),
      notAfter: issued.notAfter.toISOString(),
      createdAt: clock.now().toISOString(),
      issuedBy: 'Vastrox local CA',
      profile: null,
      notBefore: clock.now().toISOString(),
      fingerprint: null,
      isTrusted: false,
      servedAt: null,
      renewAt: null,
      askAgainAt: null,
      explanationUrl: null,
      alarmedMs: null,
    })
    for (const record of before) certificates.removeForPlatform(record.id)
  }

  const isFresh = (record: CertificateRecord): boolean =>
    record.issuer === 'local' &&
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
      const missing = hosts.filter((host) => !fresh.has(host) && authority.covers(host))
      await Promise.all(
        missing.map((host) => {
          const running = underWay.get(host) ?? issue(host).finally(() => underWay.delete(host))
          underWay.set(host, running)
          return running
        }),
      )
      return missing.length > 0
    },
  }
}
export type LocalCertificates = ReturnType<typeof createLocalCertificates>
