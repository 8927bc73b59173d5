import { DnsProvidersCard } from '#features/certificates/dns-providers-card.tsx'
import { HostsCard } from '#features/certificates/hosts-card.tsx'
import { IssuersCard } from '#features/certificates/issuers-card.tsx'
import {
  certificatesQuery,
  dnsProvidersQuery,
  issuersQuery,
  statesQuery,
} from '#features/certificates/queries.ts'
import { UploadedCard } from '#features/certificates/uploaded-card.tsx'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { Page } from '#ui/page.tsx'

export const load: Load = ({ read }) =>
  Promise.all([
    read(statesQuery),
    read(certificatesQuery),
    read(issuersQuery),
    read(dnsProvidersQuery),
  ])

export function CertificatesPage() {
  return (
    <Page
      title={t('Certificates')}
      lead={t(
        'HTTPS for every host, ordered and renewed by itself. What is valid stays until something better is there.',
      )}
    >
      <div className="space-y-5">
        <HostsCard />
        <UploadedCard />
        <IssuersCard />
        <DnsProvidersCard />
      </div>
    </Page>
  )
}
