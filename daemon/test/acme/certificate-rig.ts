import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalAuthority } from '#adapters/system/local-authority.ts'
import { createEventStream } from '#adapters/system/event-stream.ts'
import { createNewId } from '#adapters/system/ids.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import type { Told } from '#core/outgoing-webhooks/told.ts'
import { withTell } from '#core/outgoing-webhooks/with-tell.ts'
import type { Clock } from '#ports/clock.ts'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { openTestDatabase } from '#test/test-database.ts'
import { createTeamStore } from '#store/team-store.ts'
import { type CertificateDeps, composeCertificates } from '../../src/compose-certificates.ts'

export const TEAM = 'team-1'

export interface CertificateRigOptions
  extends Pick<CertificateDeps, 'preflight'>,
    Partial<
      Pick<
        CertificateDeps,
        | 'http'
        | 'isOwn'
        | 'noteNews'
        | 'openAuthority'
        | 'served'
        | 'tools'
        | 'crashPoint'
        | 'onDashboard'
      >
    > {
  clock: Clock
  databasePath?: string
  isNew?: boolean
  acmeDirectory?: string | null
  acmeCaFile?: string | null
  httpsPort?: number
  random?: () => number
  /** Told of each audit event. */
  told?: () => Pick<Told, 'ofAct'> | undefined
  /** Takes what the proxy is to serve. */
  publish: (
    what: Pick<RoutingSnapshot, 'certificates' | 'challenges' | 'alpnChallenges'>,
  ) => Promise<void>
}

/** The certificates of a daemon, with the rows underneath, and without the rest of it. */
export function createCertificateRig(options: CertificateRigOptions) {
  const { clock, isNew = true } = options
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-certificates-'))
  const db = openTestDatabase(options.databasePath ?? ':memory:', { create: isNew })
  if (isNew) createTeamStore(db).insertForPlatform(TEAM, 'team', clock.now().toISOString())
  const masterKey = masterKeyOf(Buffer.alloc(32, 7))
  const audit = withTell(
    createAuditLog({
      audit: createAuditStore(db),
      clock,
      key: masterKey.deriveKey('audit'),
    }),
    () => options.told?.(),
  )
  const problems: string[] = []
  const parts = composeCertificates({
    random: () => 0.5,
    crashPoint: () => undefined,
    onDashboard: () => undefined,
    http: { send: () => Promise.reject(new Error('nobody is called here')) },
    ...options,
    db,
    config: {
      acmeDirectory: options.acmeDirectory ?? null,
      acmeCaFile: options.acmeCaFile ?? null,
      acmeEmail: null,
      httpsPort: options.httpsPort ?? 443,
    },
    version: 'test',
    local: createLocalAuthority({
      directory: folder,
      permitted: () => ({ domains: ['localhost'], addresses: [] }),
    }),
    publish: () =>
      options.publish({
        certificates: parts.service.source(),
        challenges: parts.service.challenges(),
        alpnChallenges: parts.service.alpnChallenges(),
      }),
    audit,
    events: createEventStream(clock),
    secretBox: createSecretBox(masterKey),
    newId: createNewId(() => clock.now().getTime()),
    teamId: () => TEAM,
    onProblem: (what, error) => problems.push(error instanceof Error ? `${what}: ${error}` : what),
  })

  return {
    ...parts,
    db,
    audit,
    problems,
    async end(): Promise<void> {
      await parts.service.stop()
      db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type CertificateRig = ReturnType<typeof createCertificateRig>
