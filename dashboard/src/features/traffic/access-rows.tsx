import type { AccessLine } from '@vastrox/shared/traffic.ts'
import { ArrowDown } from 'lucide-react'
import { memo, useLayoutEffect, useRef, useState } from 'react'
import { addressOf, oddity, statusTone } from '#features/traffic/access-lines.ts'
import { sayMs } from '#features/traffic/traffic-series.ts'
import { sayBytes } from '#lib/bytes.ts'
import { cx } from '#lib/cx.ts'
import { clock, exactTime } from '#lib/time.ts'
import type { Numbered } from '#lib/use-lines.ts'
import { t } from '#lib/words.ts'
import { TONE_TEXT } from '#ui/tone.ts'

interface Props {
  lines: readonly Numbered<AccessLine>[]
  label: string
  empty: string
}

/** Drawn at once: more is on the server, and in the download. */
const SHOWN = 1_000
const NEAR_END_PX = 32

/** Requests, newest last; it follows its end until the reader scrolls up, and again once they are back. */
export function AccessRows({ lines, label, empty }: Props) {
  const ref = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)
  const newest = lines.at(-1)?.id

  useLayoutEffect(() => {
    const box = ref.current
    if (box && following && newest !== undefined) box.scrollTop = box.scrollHeight
  }, [newest, following])

  return (
    <div className="relative h-[calc(100dvh-21rem)] min-h-80">
      <div
        ref={ref}
        role="log"
        aria-live="off"
        aria-label={label}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        onScroll={() => {
          const box = ref.current
          if (box) setFollowing(box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX)
        }}
        className="h-full overflow-auto bg-console py-1 text-sm [overflow-anchor:none]"
      >
        {lines.length === 0 ? (
          <p className="px-4 py-6 text-base text-muted">{empty}</p>
        ) : (
          lines.slice(-SHOWN).map(({ id, line }) => <Row key={id} line={line} />)
        )}
      </div>
      {!following && lines.length > 0 && (
        <button
          type="button"
          onClick={() => setFollowing(true)}
          className="rise absolute right-4 bottom-4 flex h-8 items-center gap-1.5 rounded-full border border-line bg-raised px-3 text-sm font-medium shadow-float hover:bg-hover"
        >
          <ArrowDown size={14} aria-hidden />
          {t('To the newest request')}
        </button>
      )}
    </div>
  )
}

const Row = memo(function Row({ line }: { line: AccessLine }) {
  const odd = oddity(line)
  return (
    <div className="grid grid-cols-[2.5rem_minmax(0,1fr)_auto] items-baseline gap-x-3 px-4 py-1 hover:bg-hover/60 [contain-intrinsic-size:auto_1.75rem] [content-visibility:auto] sm:grid-cols-[4.5rem_2.5rem_minmax(0,1fr)_5rem_5rem_minmax(0,9rem)]">
      <time
        dateTime={line.time}
        title={exactTime(line.time)}
        className="tabular hidden font-mono text-xs text-faint sm:block"
      >
        {clock(line.time)}
      </time>
      <span
        className={cx('tabular font-mono text-xs font-medium', TONE_TEXT[statusTone(line.status)])}
      >
        {line.status}
      </span>
      <span className="min-w-0 font-mono text-xs break-all">
        <span className="text-muted">{line.method}</span> {addressOf(line)}
        {odd !== undefined && <span className="text-muted"> · {odd}</span>}
      </span>
      <span className="tabular text-right font-mono text-xs text-muted">{sayMs(line.ms)}</span>
      <span className="tabular hidden text-right font-mono text-xs text-muted sm:block">
        {sayBytes(line.bytesOut)}
      </span>
      <span
        className="col-start-2 truncate font-mono text-xs text-faint sm:col-start-auto"
        title={`${line.client} → ${line.host}${line.release === null ? '' : t(', v{release}', { release: line.release })}`}
      >
        {line.client}
      </span>
    </div>
  )
})
