import type { Hear } from '#core/alerts/hear.ts'
import type { BackupNews } from '#core/backups/backup-news.ts'
import type { Act, CertificateNews, Tell } from '#core/outgoing-webhooks/tell.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { InstanceRecord } from '#store/instance-store.ts'

type Heard = Pick<Hear, 'ofAct' | 'ofDeployment' | 'ofCrashLoop' | 'ofBackup' | 'ofCertificate'>

/** One event is told once, to both: outgoing webhooks and alerts. Whoever is not there yet is left out. */
export const createTold = (tell: () => Tell | undefined, hear: () => Heard | undefined) => ({
  ofAct(act: Act): void {
    tell()?.ofAct(act)
    hear()?.ofAct(act)
  },
  ofDeployment(record: DeploymentRecord): void {
    tell()?.ofDeployment(record)
    hear()?.ofDeployment(record)
  },
  ofCrashLoop(row: InstanceRecord): void {
    tell()?.ofCrashLoop(row)
    hear()?.ofCrashLoop(row)
  },
  ofBackup(news: BackupNews): void {
    tell()?.ofBackup(news)
    hear()?.ofBackup(news)
  },
  ofCertificate(news: CertificateNews): void {
    tell()?.ofCertificate(news)
    hear()?.ofCertificate(news)
  },
})
export type Told = ReturnType<typeof createTold>
