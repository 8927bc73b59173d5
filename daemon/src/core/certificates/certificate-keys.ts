import type { SnapshotCertificate } from '#ports/routing-snapshot.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { CertificateRecord } from '#store/certificate-store.ts'
import type { z } from 'zod'

type Certificate = z.infer<typeof SnapshotCertificate>

export const keyContext = (id: string): string => `certificates|${id}|key_sealed`

/** Opened once per record: a snapshot is made at every switch, and GCM over keys is not free. */
export function createOpenedCertificates(secretBox: SecretBox) {
  const opened = new Map<string, string>()
  return {
    open({ id, certificatePem, keySealed }: CertificateRecord, hosts: string[]): Certificate {
      const keyPem = opened.get(id) ?? secretBox.open(keySealed, keyContext(id))
      opened.set(id, keyPem)
      return { id, hosts, certificatePem, keyPem }
    },
    forget(id: string): void {
      opened.delete(id)
    },
  }
}
