import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface CertificateRecord {
  id: string
  teamId: string
  /** `local`, `uploaded`, or the id of an issuer. */
  issuer: string
  hosts: string[]
  certificatePem: string
  keySealed: Buffer
  notAfter: string
  createdAt: string
  /** What its CA calls itself. */
  issuedBy: string | null
  profile: string | null
  notBefore: string | null
  fingerprint: string | null
  /** Browsers know where its chain ends. */
  isTrusted: boolean
  /** The proxy has shown it in a handshake (rule R2). */
  servedAt: string | null
  renewAt: string | null
  /** When the CA is asked next whether it is to be renewed earlier (RFC 9773). */
  askAgainAt: string | null
  explanationUrl: string | null
  /** The last threshold that an alarm was raised for: so much life was left. */
  alarmedMs: number | null
}

interface CertificateRow {
  id: string
  team_id: string
  issuer: string
  hosts_json: string
  certificate_pem: string
  key_sealed: Buffer
  not_after: string
  created_at: string
  issued_by: string | null
  profile: string | null
  not_before: string | null
  fingerprint: string | null
  is_trusted: number
  served_at: string | null
  renew_at: string | null
  ask_again_at: string | null
  explanation_url: string | null
  alarmed_ms: number | null
}

const Hosts = z.array(z.string())

/** Certificates of routes and of the dashboard. They belong to the platform, which alone reads them. */
export function createCertificateStore(db: Database) {
  const insert = db.prepare<CertificateRow>(
    `INSERT INTO certificates (id, team_id, issuer, hosts_json, certificate_pem, key_sealed, not_after,
       created_at, issued_by, profile, not_before, fingerprint, is_trusted, served_at, renew_at,
       ask_again_at, explanation_url, alarmed_ms)
     VALUES (@id, @team_id, @issuer, @hosts_json, @certificate_pem, @key_sealed, @not_after,
       @created_at, @issued_by, @profile, @not_before, @fingerprint, @is_trusted, @served_at, @renew_at,
       @ask_again_at, @explanation_url, @alarmed_ms)`,
  )
  const selectAll = db.prepare<[], CertificateRow>(
    'SELECT * FROM certificates ORDER BY created_at, id',
  )
  const select = db.prepare<[id: string], CertificateRow>('SELECT * FROM certificates WHERE id = ?')
  const selectAskable = db.prepare<[now: string], CertificateRow>(
    'SELECT * FROM certificates WHERE ask_again_at <= ? ORDER BY ask_again_at LIMIT 100',
  )
  const selectNextAsk = db
    .prepare<[now: string], string | null>(
      'SELECT min(ask_again_at) FROM certificates WHERE ask_again_at > ?',
    )
    .pluck()
  const remove = db.prepare<[id: string]>('DELETE FROM certificates WHERE id = ?')
  const setServed = db.prepare<[at: string, id: string]>(
    'UPDATE certificates SET served_at = ? WHERE id = ?',
  )
  const setAlarmed = db.prepare<[ms: number, id: string]>(
    'UPDATE certificates SET alarmed_ms = ? WHERE id = ?',
  )
  const setRenewal = db.prepare<
    [renewAt: string, askAgainAt: string | null, explanationUrl: string | null, id: string]
  >('UPDATE certificates SET renew_at = ?, ask_again_at = ?, explanation_url = ? WHERE id = ?')

  return {
    insertForPlatform: (certificate: CertificateRecord): void => {
      insert.run(toRow(certificate))
    },
    listForPlatform: (): CertificateRecord[] => selectAll.all().map(toRecord),
    findForPlatform(id: string): CertificateRecord | undefined {
      const row = select.get(id)
      return row && toRecord(row)
    },
    /** Those whose CA is to be asked by now whether they are to be renewed. */
    listAskableForPlatform: (now: Date): CertificateRecord[] =>
      selectAskable.all(now.toISOString()).map(toRecord),
    /** When the next of those is due whose turn has not come. */
    nextAskForPlatform(now: Date): Date | undefined {
      const at = selectNextAsk.get(now.toISOString())
      return at ? new Date(at) : undefined
    },
    removeForPlatform: (id: string): void => {
      remove.run(id)
    },
    noteServedForPlatform: (id: string, at: Date): void => {
      setServed.run(at.toISOString(), id)
    },
    noteAlarmForPlatform: (id: string, leftMs: number): void => {
      setAlarmed.run(leftMs, id)
    },
    saveRenewalForPlatform(
      id: string,
      renewal: { renewAt: Date; askAgainAt: Date | undefined; explanationUrl: string | undefined },
    ): void {
      setRenewal.run(
        renewal.renewAt.toISOString(),
        renewal.askAgainAt?.toISOString() ?? null,
        renewal.explanationUrl ?? null,
        id,
      )
    },
  }
}
export type CertificateStore = ReturnType<typeof createCertificateStore>

const toRecord = (row: CertificateRow): CertificateRecord => ({
  id: row.id,
  teamId: row.team_id,
  issuer: row.issuer,
  hosts: fromJson(Hosts, row.hosts_json),
  certificatePem: row.certificate_pem,
  keySealed: row.key_sealed,
  notAfter: row.not_after,
  createdAt: row.created_at,
  issuedBy: row.issued_by,
  profile: row.profile,
  notBefore: row.not_before,
  fingerprint: row.fingerprint,
  isTrusted: row.is_trusted === 1,
  servedAt: row.served_at,
  renewAt: row.renew_at,
  askAgainAt: row.ask_again_at,
  explanationUrl: row.explanation_url,
  alarmedMs: row.alarmed_ms,
})

const toRow = (record: CertificateRecord): CertificateRow => ({
  id: record.id,
  team_id: record.teamId,
  issuer: record.issuer,
  hosts_json: JSON.stringify(record.hosts),
  certificate_pem: record.certificatePem,
  key_sealed: record.keySealed,
  not_after: record.notAfter,
  created_at: record.createdAt,
  issued_by: record.issuedBy,
  profile: record.profile,
  not_before: record.notBefore,
  fingerprint: record.fingerprint,
  is_trusted: record.isTrusted ? 1 : 0,
  served_at: record.servedAt,
  renew_at: record.renewAt,
  ask_again_at: record.askAgainAt,
  explanation_url: record.explanationUrl,
  alarmed_ms: record.alarmedMs,
})
