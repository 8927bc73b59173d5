import { ZoomOut } from 'lucide-react'
import type { ReactNode } from 'react'
import { RANGES, type RangeSearch, type Span } from '#features/metrics/ranges.ts'
import { cx } from '#lib/cx.ts'
import { exactTime } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'

interface Props {
  span: Span
  onChange: (search: RangeSearch) => void
  /** At the right edge. */
  children?: ReactNode
}

/** Which time the charts below show. */
export function RangeBar({ span, onChange, children }: Props) {
  const chosen = 'key' in span ? span.key : undefined
  return (
    <div className="flex flex-wrap items-center gap-2">
      <fieldset className="flex rounded-md border border-line bg-sunken p-0.5">
        <legend className="sr-only">{t('Time shown')}</legend>
        {RANGES.map(({ key, label }) => (
          <button
            key={key}
            type="button"
            aria-pressed={chosen === key}
            onClick={() => onChange({ range: key })}
            className={cx(
              'h-7 rounded-sm px-2.5 text-sm font-medium whitespace-nowrap transition-colors',
              chosen === key ? 'bg-raised text-ink shadow-low' : 'text-muted hover:text-ink',
            )}
          >
            <span className="sr-only">{t('Last')} </span>
            {label}
          </button>
        ))}
      </fieldset>
      {'from' in span && (
        <>
          <Button size="sm" icon={<ZoomOut size={15} aria-hidden />} onClick={() => onChange({})}>
            {t('Back to now')}
          </Button>
          <span className="tabular text-sm text-muted">
            {exactTime(span.from)} – {exactTime(span.to)}
          </span>
        </>
      )}
      {children !== undefined && (
        <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>
      )}
    </div>
  )
}
