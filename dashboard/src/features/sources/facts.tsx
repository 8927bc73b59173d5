import type { ReactNode } from 'react'

export interface Fact {
  label: string
  value: ReactNode
  /** Written as machines write: an address, a fingerprint. */
  mono?: boolean
}

/** Label and value, two columns where there is room. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-8 gap-y-3 sm:grid-cols-2">
      {facts.map(({ label, value, mono = false }) => (
        <div key={label} className="min-w-0">
          <dt className="text-sm text-muted">{label}</dt>
          <dd className={mono ? 'font-mono text-sm break-all' : 'break-words'}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
