import { DnsProvidersCard } from '#features/certificates/dns-providers-card.tsx'
import { HostsCard } from '#features/certificates/hosts-card.tsx'
import { IssuersCard } from '#features/certificates/issuers-card.tsx'
import { UploadedCard } from '#features/certificates/uploaded-card.tsx'
import { t } from '#lib/words.ts'
import { Page } from '#ui/page.tsx'

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
