import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'

export interface CertificateRecord {
  id: string
  teamId: string
  issuer: 'local'
  hosts: string[]
  certificatePem: string
  keySealed: Buffer
  notAfter: string
  createdAt: string
}

interface CertificateRow {
  id: string
  team_id: string
  issuer: 'local'
  hosts_json: string
  certificate_pem: string
  key_sealed: Buffer
  not_after: string
  created_at: string
}

const Hosts = z.array(z.string())

/** Certificates of routes. They belong to the platform, which alone reads them. */
export function createCertificateStore(db: Database) {
  const upsert = db.prepare<CertificateRow>(
    `INSERT INTO certificates (id, team_id, issuer, hosts_json, certificate_pem, key_sealed, not_after, created_at)
     VALUES (@id, @team_id, @issuer, @hosts_json, @certificate_pem, @key_sealed, @not_after, @created_at)`,
  )
  const selectAll = db.prepare<[], CertificateRow>('SELECT * FROM certificates ORDER BY created_at')
  const remove = db.prepare<[id: string]>('DELETE FROM certificates WHERE id = ?')

  return {
    insertForPlatform: (certificate: CertificateRecord): void => {
      upsert.run(toRow(certificate))
    },
    listForPlatform: (): CertificateRecord[] => selectAll.all().map(toRecord),
    removeForPlatform: (id: string): void => {
      remove.run(id)
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
})

const toRow = (certificate: CertificateRecord): CertificateRow => ({
  id: certificate.id,
  team_id: certificate.teamId,
  issuer: certificate.issuer,
  hosts_json: JSON.stringify(certificate.hosts),
  certificate_pem: certificate.certificatePem,
  key_sealed: certificate.keySealed,
  not_after: certificate.notAfter,
  created_at: certificate.createdAt,
})
