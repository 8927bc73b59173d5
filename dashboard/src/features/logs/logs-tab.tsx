import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { type LogSearch, logSearch } from '#features/logs/log-filter.ts'
import { LogViewer } from '#features/logs/log-viewer.tsx'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'

/** Every line that an app has printed, as far as it is kept, and each that it prints. */
export function LogsTab() {
  const name = useAppName()
  const search = useLogSearch()
  const navigate = useNavigate()
  useTitle(t('Logs · {name}', { name }))

  const change = useCallback(
    (next: LogSearch): void =>
      void navigate({
        to: '/apps/$name/logs',
        params: { name },
        search: next,
        replace: true,
        resetScroll: false,
      }),
    [navigate, name],
  )
  const around = useCallback(
    (line: string, at: string): void =>
      void navigate({ to: '/apps/$name/logs', params: { name }, search: { line, at } }),
    [navigate, name],
  )
  return (
    <LogViewer
      of={`/apps/${name}`}
      label={t('Log of {name}', { name })}
      empty={t(
        'Nothing has been written yet. Lines of every instance come here as they are written.',
      )}
      search={search}
      onChange={change}
      onAround={around}
    />
  )
}

/** What the address of the page says is looked for. */
export function useLogSearch(): LogSearch {
  const found: Record<string, unknown> = useSearch({ strict: false })
  const key = JSON.stringify(logSearch(found))
  return useMemo((): LogSearch => JSON.parse(key), [key])
}
