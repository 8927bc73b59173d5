import { useQuery } from '@tanstack/react-query'
import { CleanUpCard } from '#features/disk/clean-up-card.tsx'
import { DiskCard } from '#features/disk/disk-card.tsx'
import { LedgerCard } from '#features/disk/ledger-card.tsx'
import { ledgerQuery } from '#features/disk/ledger-queries.ts'
import { LinesCard } from '#features/disk/lines-card.tsx'
import type { Load } from '#lib/load.ts'
import { t } from '#lib/words.ts'
import { ErrorNotice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'

export const load: Load = async ({ read, isGlance }) => !isGlance && read(ledgerQuery)

/** Where the bytes of the server are. */
export function DiskPage() {
  return (
    <Page title={t('Disk')} lead={t('What takes the disk, when it is full, and what can go.')}>
      <div className="space-y-5">
        <Ledger />
        <CleanUpCard />
        <DiskCard />
      </div>
    </Page>
  )
}

function Ledger() {
  const { data: ledger, error, refetch } = useQuery(ledgerQuery)
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!ledger) return <ListSkeleton />
  return (
    <>
      {ledger.disks.map((disk) => (
        <LedgerCard key={disk.holds} ledger={ledger} disk={disk} />
      ))}
      <LinesCard lines={ledger.lines} />
    </>
  )
}
