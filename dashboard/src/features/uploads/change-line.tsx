import type { TreeChange } from '@vastrox/shared/upload.ts'
import { sayBytes } from '#lib/bytes.ts'

const MARK = {
  added: { sign: '+', tone: 'text-good' },
  changed: { sign: '~', tone: 'text-warn' },
  removed: { sign: '−', tone: 'text-bad' },
} as const

/** One file that is different, with how. */
export function ChangeLine({
  change: { path, kind, beforeBytes, afterBytes },
}: {
  change: TreeChange
}) {
  const { sign, tone } = MARK[kind]
  return (
    <span className="flex gap-2">
      <span aria-hidden className={tone}>
        {sign}
      </span>
      <span className="sr-only">{kind}</span>
      <span className="min-w-0 flex-1 break-all">{path}</span>
      <span className="shrink-0 text-muted">{sayBytes(afterBytes ?? beforeBytes ?? 0)}</span>
    </span>
  )
}
