import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Crash } from '@vastrox/shared/process.ts'
import { ShieldCheck } from 'lucide-react'
import { useAppName } from '#features/app/use-app-name.ts'
import { crashesQuery } from '#features/crashes/queries.ts'
import { sayEnd } from '#features/processes/say-end.ts'
import { plainText } from '#lib/ansi.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'

export const load: Load = ({ readPages, params: { name } }) => readPages(crashesQuery(name))

/** How instances of an app ended by themselves, newest first. */
export function CrashesTab() {
  const name = useAppName()
  const query = useSuspenseInfiniteQuery(crashesQuery(name))
  const crashes = query.data.pages.flatMap(({ items }) => items)
  useTitle(t('Crashes · {name}', { name }))
  return (
    <Card
      title={t('Crashes')}
      lead={t(
        'Each end that nobody asked for, with all that is known of it. Kept with its release.',
      )}
      flush
    >
      {crashes.length === 0 ? (
        <EmptyState icon={<ShieldCheck size={20} aria-hidden />} title={t('It has not crashed')}>
          {t(
            'When an instance ends by itself, its last lines, its memory and CPU, and what changed before are kept here.',
          )}
        </EmptyState>
      ) : (
        <ul>
          {crashes.map((crash) => (
            <CrashRow key={crash.number} app={name} crash={crash} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <div className="flex justify-center border-t border-line p-3">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('Show older')}
          </Button>
        </div>
      )}
    </Card>
  )
}

function CrashRow({ app, crash }: { app: string; crash: Crash }) {
  const { number, process, ordinal, release, oomKilled, explanation, at } = crash
  const last = crash.lines.findLast((line) => line.trim() !== '')
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-4 border-b border-line px-4 py-3.5 last:border-0 sm:px-5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Link
            to="/apps/$name/crashes/$number"
            params={{ name: app, number: String(number) }}
            className="font-medium hover:text-accent hover:underline"
          >
            {process}.{ordinal} {sayEnd(crash)}
          </Link>
          {oomKilled && <Badge tone="bad">{t('Out of memory')}</Badge>}
        </p>
        {explanation !== null && <p className="break-words">{explanation}</p>}
        {last !== undefined && (
          <p className="truncate font-mono text-xs text-muted">{plainText(last)}</p>
        )}
      </div>
      <p className="text-right text-sm text-muted">
        <Ago at={at} />
        <span className="block">{t('v{release}', { release })}</span>
      </p>
    </li>
  )
}
