/** The mark; its name stands beside it, or in the link around it. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-ink" />
      <path d="M7 9h5.2l3.9 10.2L20 9h5l-6.6 15h-4.8z" className="fill-canvas" />
      <path d="M20 9h5l-3.3 7.5-3.6-2.6z" className="fill-accent" />
    </svg>
  )
}
