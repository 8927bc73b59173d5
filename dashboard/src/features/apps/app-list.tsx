import { Link } from '@tanstack/react-router'
import type { App } from '@vastrox/shared/app.ts'
import { useEffect, useRef, useState } from 'react'
import { AppCard } from '#features/apps/app-card.tsx'
import { APP_STATE } from '#features/apps/app-state.ts'
import { withoutScheme } from '#lib/address.ts'
import { useWindowRows } from '#lib/use-window-rows.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { StateDot } from '#ui/state.tsx'
import { TONE_TEXT } from '#ui/tone.ts'

/** A card and what is between two. */
const CARD_PX = 160
const LINE_PX = 53

/** As cards; of very many only those that are seen are drawn. */
export function AppGrid({ apps }: { apps: readonly App[] }) {
  const box = useRef<HTMLDivElement>(null)
  const columns = useColumns()
  const rows = Math.ceil(apps.length / columns)
  const { first, last, top, height } = useWindowRows(box, rows, CARD_PX)
  return (
    <div ref={box} className="relative" style={{ height: Math.max(0, height - 16) }}>
      <ul
        className="absolute inset-x-0 grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3"
        style={{ top }}
      >
        {apps.slice(first * columns, last * columns).map((app, at) => (
          <li
            key={app.id}
            aria-setsize={apps.length}
            aria-posinset={first * columns + at + 1}
            className="h-36"
          >
            <AppCard app={app} />
          </li>
        ))}
      </ul>
    </div>
  )
}

/** One line each. */
export function AppLines({ apps }: { apps: readonly App[] }) {
  const box = useRef<HTMLDivElement>(null)
  const { first, last, top, height } = useWindowRows(box, apps.length, LINE_PX)
  return (
    <div
      ref={box}
      className="relative overflow-hidden rounded-lg border border-line bg-surface"
      style={{ height: height + 2 }}
    >
      <ul className="absolute inset-x-0" style={{ top }}>
        {apps.slice(first, last).map((app, at) => (
          <li
            key={app.id}
            aria-setsize={apps.length}
            aria-posinset={first + at + 1}
            className="border-b border-line last:border-0"
          >
            <AppLine app={app} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function AppLine({ app }: { app: App }) {
  const { label, tone } = APP_STATE[app.state]
  const [url = ''] = app.urls
  const last = app.lastDeployment
  return (
    <div className="relative flex h-13 items-center gap-4 px-4 hover:bg-raised">
      <Link
        to="/apps/$name"
        params={{ name: app.name }}
        className="w-44 min-w-0 shrink truncate font-medium after:absolute after:inset-0"
      >
        {app.name}
      </Link>
      <span
        className={`flex w-28 shrink-0 items-center gap-1.5 text-sm font-medium ${TONE_TEXT[tone]}`}
      >
        <StateDot tone={tone} />
        <span className="truncate">{label}</span>
      </span>
      <span className="hidden min-w-0 flex-1 truncate text-sm text-muted md:block">
        {last ? last.title : withoutScheme(url)}
      </span>
      <span className="ml-auto hidden shrink-0 text-sm text-muted sm:block">
        {last ? <Ago at={last.at} /> : t('never deployed')}
      </span>
    </div>
  )
}

const WIDE = ['(min-width: 40rem)', '(min-width: 80rem)']

/** As many as the grid's own classes give. */
function useColumns(): number {
  const [columns, setColumns] = useState(columnsNow)
  useEffect(() => {
    const queries = WIDE.map((query) => window.matchMedia(query))
    const look = () => setColumns(columnsNow())
    for (const query of queries) query.addEventListener('change', look)
    return () => {
      for (const query of queries) query.removeEventListener('change', look)
    }
  }, [])
  return columns
}

const columnsNow = (): number => 1 + WIDE.filter((query) => window.matchMedia(query).matches).length
