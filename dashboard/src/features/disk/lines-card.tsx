import type { LedgerLine } from '@vastrox/shared/ledger.ts'
import { sayGrowth, sayParts } from '#features/disk/disk-parts.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { LongList, type RowPlace } from '#ui/long-list.tsx'
import { Badge } from '#ui/state.tsx'

const KIND: Record<LedgerLine['kind'], string> = {
  app: 'app',
  addon: 'database',
  platform: 'platform',
  teams: 'apps',
}

interface ShownLine {
  id: string
  line: LedgerLine
}

/** One whose parts fit a line. */
const ROW_PX = 69

/** Who takes it: every app, every database, and Vastrox itself. */
export function LinesCard({ lines }: { lines: readonly LedgerLine[] }) {
  return (
    <Card
      title={t('Who takes it')}
      lead={t('Layers that several apps stand on are counted once, with Vastrox.')}
      flush
    >
      <LongList
        items={lines.map((line) => ({
          id: `${line.kind} ${line.name} ${String(line.isInTrash)} ${line.bytes}`,
          line,
        }))}
        guess={ROW_PX}
        Row={LineRow}
      />
    </Card>
  )
}

function LineRow({ item: { line }, place }: { item: ShownLine; place: RowPlace }) {
  return (
    <li
      {...place}
      className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 sm:px-5"
    >
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {line.name}
          <span className="text-sm font-normal text-muted">{KIND[line.kind]}</span>
          {line.isInTrash && <Badge tone="idle">{t('in the trash')}</Badge>}
        </p>
        <p className="text-sm text-muted">
          {sayParts(line)}
          {line.sharedImageBytes > 0 &&
            t('; stands on {sharedImageBytes} that others use too', {
              sharedImageBytes: sayBytes(line.sharedImageBytes),
            })}
        </p>
      </div>
      <p className="tabular text-sm text-muted">{sayGrowth(line.growthBytesPerDay)}</p>
      <p className="tabular font-medium">{sayBytes(line.bytes)}</p>
    </li>
  )
}
