import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { LogSearch } from '#features/logs/log-filter.ts'
import { LogViewer } from '#features/logs/log-viewer.tsx'
import { useLogSearch } from '#features/logs/logs-tab.tsx'
import { t } from '#lib/words.ts'
import { Page } from '#ui/page.tsx'

const PROCESSES = ['supervisor', 'agent', 'daemon', 'proxy', 'dockerd']

/** What the processes of Vastrox itself print. */
export function PlatformLogPage() {
  const search = useLogSearch()
  const navigate = useNavigate()
  const change = useCallback(
    (next: LogSearch): void =>
      void navigate({ to: '/platform-log', search: next, replace: true, resetScroll: false }),
    [navigate],
  )
  const around = useCallback(
    (line: string, at: string): void =>
      void navigate({ to: '/platform-log', search: { line, at } }),
    [navigate],
  )
  return (
    <Page
      title={t('Platform log')}
      lead={t('What Vastrox’s own processes print. Logs of apps and databases are on their pages.')}
    >
      <LogViewer
        of="/platform"
        label={t('Log of Vastrox')}
        empty={t('Vastrox has printed nothing yet.')}
        search={search}
        known={PROCESSES}
        hasFields={false}
        onChange={change}
        onAround={around}
      />
    </Page>
  )
}
