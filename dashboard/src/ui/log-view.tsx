import { ArrowDown } from 'lucide-react'
import { memo, type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { cx } from '#lib/cx.ts'
import { clock } from '#lib/time.ts'
import { t } from '#lib/words.ts'
import { Ansi, Marked, sourceColor } from '#ui/log-text.tsx'

export interface LogRow {
  id: number
  at: string
  /** Who wrote it: `web.1`. */
  source?: string
  look: 'plain' | 'step' | 'stderr' | 'error' | 'platform'
  text: string
}

interface Props {
  rows: readonly LogRow[]
  label: string
  /** What is looked for is marked in each line. */
  search?: string
  /** In place of the lines while there are none. */
  empty: ReactNode
  className?: string
}

/** How near to the end still counts as reading along. */
const NEAR_END_PX = 32

/**
 * A log that follows its end until the reader scrolls up, and again once they come back. Every line
 * is made of text nodes (rule C15).
 */
export function LogView({ rows, label, search = '', empty, className }: Props) {
  const ref = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)
  const newest = rows.at(-1)?.id

  useLayoutEffect(() => {
    const box = ref.current
    if (box && following && newest !== undefined) box.scrollTop = box.scrollHeight
  }, [newest, following])

  const onScroll = () => {
    const box = ref.current
    if (box) setFollowing(box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX)
  }

  return (
    <div className={cx('relative min-h-0', className)}>
      <div
        ref={ref}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label={label}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        className="h-full overflow-auto bg-console py-2 font-mono text-xs leading-5 [overflow-anchor:none]"
      >
        {rows.length === 0 ? (
          <div className="px-4 py-6 font-sans text-base text-muted">{empty}</div>
        ) : (
          rows.map((row) => <Line key={row.id} row={row} search={search} />)
        )}
      </div>
      {!following && rows.length > 0 && (
        <button
          type="button"
          onClick={() => setFollowing(true)}
          className="rise absolute right-4 bottom-4 flex h-8 items-center gap-1.5 rounded-full border border-line bg-raised px-3 text-sm font-medium shadow-float hover:bg-hover"
        >
          <ArrowDown size={14} aria-hidden />
          {t('To the newest line')}
        </button>
      )}
    </div>
  )
}

const LOOK: Record<LogRow['look'], string> = {
  plain: '',
  step: 'font-semibold text-accent',
  error: 'bg-bad-soft text-bad',
  stderr: 'shadow-[inset_2px_0_var(--c-bad)]',
  platform: 'text-busy',
}

const Line = memo(function Line({ row, search }: { row: LogRow; search: string }) {
  return (
    <div
      className={cx(
        'flex gap-3 px-4 hover:bg-hover/60 [contain-intrinsic-size:auto_1.25rem] [content-visibility:auto]',
        LOOK[row.look],
      )}
    >
      <time dateTime={row.at} className="tabular hidden shrink-0 text-faint select-none sm:block">
        {clock(row.at)}
      </time>
      {row.source !== undefined && (
        <span className={cx('w-18 shrink-0 truncate select-none', sourceColor(row.source))}>
          {row.source}
        </span>
      )}
      <span className="min-w-0 flex-1 break-words whitespace-pre-wrap">
        {search === '' ? <Ansi text={row.text} /> : <Marked text={row.text} search={search} />}
      </span>
    </div>
  )
})
