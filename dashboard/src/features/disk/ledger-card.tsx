import type { Ledger, LedgerDisk } from '@vastrox/shared/ledger.ts'
import { segmentsOf, type Segment } from '#features/disk/disk-parts.ts'
import { sayBytes } from '#lib/bytes.ts'
import { cx } from '#lib/cx.ts'
import { useNow } from '#lib/use-now.ts'
import { rich, t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { Badge } from '#ui/state.tsx'

const WIDTH = 1_000
const SOON_MS = 30 * 86_400_000

/** One disk: what takes it as one bar, what is free, and when it is full. */
export function LedgerCard({ ledger, disk }: { ledger: Ledger; disk: LedgerDisk }) {
  const segments = segmentsOf(ledger, disk)
  const isLow = disk.availableBytes < disk.deploymentFloorBytes
  return (
    <Card
      title={disk.holds === 'data' ? t('The disk') : t('The disk of the images')}
      lead={t('{availableBytes} of {bytes} are free.', {
        availableBytes: sayBytes(disk.availableBytes),
        bytes: sayBytes(disk.bytes),
      })}
      aside={
        <span className="text-sm text-muted">
          {rich(t('measured {measuredAt}'), { measuredAt: <Ago at={ledger.measuredAt} /> })}
        </span>
      }
    >
      {isLow && (
        <div className="mb-4">
          <Notice tone="bad" title={t('No deployment is taken')}>
            {t(
              'Less than {deploymentFloorBytes} are free. What runs goes on; roll back, stop and destroy work.',
              { deploymentFloorBytes: sayBytes(disk.deploymentFloorBytes) },
            )}
          </Notice>
        </div>
      )}
      <Bar segments={segments} bytes={disk.bytes} />
      <ul className="mt-4 flex flex-wrap gap-x-6 gap-y-2 text-sm">
        {segments.map(({ name, bytes, dot }) => (
          <li key={name} className="flex items-center gap-2">
            <span className={cx('size-2.5 rounded-full', dot)} aria-hidden />
            {name}
            <span className="tabular text-muted">{sayBytes(bytes)}</span>
          </li>
        ))}
      </ul>
      <p className="mt-4 flex flex-wrap items-center gap-2 border-t border-line pt-4">
        <Forecast disk={disk} />
      </p>
      {ledger.missing.length > 0 && (
        <p className="mt-2 text-sm text-muted">
          {t('Not measured: {missing}', { missing: ledger.missing.join('; ') })}
        </p>
      )}
    </Card>
  )
}

function Bar({ segments, bytes }: { segments: readonly Segment[]; bytes: number }) {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} 20`}
      preserveAspectRatio="none"
      role="img"
      aria-label={segments.map((one) => `${one.name}: ${sayBytes(one.bytes)}`).join(', ')}
      className="h-5 w-full rounded-md"
    >
      <rect width={WIDTH} height="20" className="fill-sunken" />
      {segments.map(({ name, from, bytes: own, fill }) => (
        <rect
          key={name}
          x={(from / bytes) * WIDTH}
          width={Math.max(0, (own / bytes) * WIDTH - 1)}
          height="20"
          className={fill}
        />
      ))}
    </svg>
  )
}

function Forecast({ disk: { forecast } }: { disk: LedgerDisk }) {
  const { state, fullAt, summary } = forecast
  const now = useNow()
  const isSoon = fullAt !== null && Date.parse(fullAt) - now.getTime() < SOON_MS
  const tone = isSoon ? 'bad' : 'warn'
  return (
    <>
      <Badge tone={state === 'filling' ? tone : 'idle'}>{t('Forecast')}</Badge>
      <span>{summary}</span>
    </>
  )
}
