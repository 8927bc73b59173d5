import { cx } from '#lib/cx.ts'

const FULL = 0.9
const FILLING = 0.75

/** How full something is; the figure beside it says the same in words. */
export function Meter({ share }: { share: number }) {
  const known = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0
  return (
    <svg
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      aria-hidden
      className={cx('block h-1.5 w-full overflow-hidden rounded-full', colorOf(known))}
    >
      <rect width="100" height="4" className="fill-line" />
      <rect width={known * 100} height="4" className="fill-current" />
    </svg>
  )
}

function colorOf(share: number): string {
  if (share > FULL) return 'text-bad'
  return share > FILLING ? 'text-warn' : 'text-good'
}
