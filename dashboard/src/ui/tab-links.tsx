import { Link, type LinkProps, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { cx } from '#lib/cx.ts'

interface Tab {
  label: string
  to: NonNullable<LinkProps['to']>
  exact?: boolean
}

interface Props {
  label: string
  tabs: readonly Tab[]
  params: Record<string, string>
}

/** Tabs that are pages: each has its address, and the back button goes back. */
export function TabLinks({ label, tabs, params }: Props) {
  const ref = useRef<HTMLElement>(null)
  const pathname = useLocation({ select: (location) => location.pathname })

  // On a narrow screen the strip scrolls; the tab one is on should be in it.
  useEffect(() => {
    const strip = ref.current
    const active = strip?.querySelector<HTMLElement>(`a[aria-current][href^="${pathname}"]`)
    const tab = active ?? strip?.querySelector<HTMLElement>('a[aria-current]')
    if (strip && tab) strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.clientWidth) / 2
  }, [pathname])

  return (
    <nav
      ref={ref}
      aria-label={label}
      className="relative -mx-4 flex gap-1 overflow-x-auto border-b border-line px-4 [scrollbar-width:none] sm:mx-0 sm:px-0"
    >
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          params={params}
          activeOptions={{ exact: tab.exact ?? false }}
          className="-mb-px shrink-0"
        >
          {({ isActive }) => (
            <span
              className={cx(
                'block border-b-2 px-3 py-2.5 font-medium transition-colors',
                isActive
                  ? 'border-accent text-ink'
                  : 'border-transparent text-muted hover:text-ink',
              )}
            >
              {tab.label}
            </span>
          )}
        </Link>
      ))}
    </nav>
  )
}
