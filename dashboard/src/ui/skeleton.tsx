import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'

/** A grey shape where something is about to be. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx('skeleton rounded-sm', className)} />
}

/** A page that is being read: its outline, so that nothing jumps when it comes. */
export function PageSkeleton() {
  return (
    <output
      aria-label={t('Loading')}
      className="mx-auto block w-full max-w-6xl px-4 py-6 sm:px-6 lg:px-8 lg:py-8"
    >
      <Skeleton className="mb-8 h-8 w-44" />
      <ListSkeleton />
    </output>
  )
}

export function ListSkeleton({ rows = 5 }: { rows?: number }) {
  return (
    <output aria-label={t('Loading')} className="block rounded-lg border border-line bg-surface">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex items-center gap-4 border-b border-line p-4 last:border-0">
          <Skeleton className="size-8 rounded-md" />
          <div className="flex-1 space-y-2">
            <Skeleton className="h-3.5 w-2/5" />
            <Skeleton className="h-3 w-3/5" />
          </div>
          <Skeleton className="h-5 w-16 rounded-full" />
        </div>
      ))}
    </output>
  )
}
