import { queryOptions, useQuery } from '@tanstack/react-query'
import { SourceDifference } from '@vastrox/shared/release.ts'
import { lazy, Suspense, useState } from 'react'
import { differsInLineEnds } from '#features/files/line-ends.ts'
import { readReleasedFile } from '#features/files/text-file.ts'
import { ChangeLine } from '#features/uploads/change-line.tsx'
import { api } from '#lib/api.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorNotice } from '#ui/notice.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

const CodeEditor = lazy(async () => ({
  default: (await import('#features/files/code-editor.tsx')).CodeEditor,
}))

const SHOWN = 100

const differenceQuery = (app: string, release: number) =>
  queryOptions({
    queryKey: ['app-code', app, release, 'difference'],
    queryFn: ({ signal }) =>
      api.get(`/apps/${app}/releases/${release}/source-difference`, SourceDifference, {
        signal,
        timeoutMs: 90_000,
      }),
    // Releases never change.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

const fileQuery = (app: string, { release, before }: SourceDifference, path: string) =>
  queryOptions({
    queryKey: ['app-code', app, release, 'file', path],
    queryFn: async ({ signal }) => {
      const [older, newer] = await Promise.all([
        readReleasedFile(app, before, path, signal),
        readReleasedFile(app, release, path, signal),
      ])
      return { older, newer }
    },
    gcTime: 0,
    retry: false,
  })

/** What the code of a release has that the one before it had not; looked for when it is asked for. */
export function CodeDifference({ app, release }: { app: string; release: number }) {
  const [wanted, setWanted] = useState(false)
  const { data, error, refetch } = useQuery({ ...differenceQuery(app, release), enabled: wanted })
  const [opened, setOpened] = useState<string>()

  return (
    <Card
      title={t('Difference to the last release')}
      lead={data ? sayCounts(data) : t('The files that are new, changed or gone, line by line.')}
      aside={
        !wanted && (
          <Button size="sm" onClick={() => setWanted(true)}>
            {t('Show it')}
          </Button>
        )
      }
      flush
    >
      {wanted && error && (
        <div className="p-4 sm:p-5">
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {wanted && !error && !data && (
        <output aria-label={t('Comparing')} className="block space-y-2 p-5">
          <Skeleton className="h-3.5 w-2/5" />
          <Skeleton className="h-3.5 w-3/5" />
        </output>
      )}
      {data && data.changes.length > 0 && (
        <ul className="p-2 font-mono text-sm sm:px-3">
          {data.changes.slice(0, SHOWN).map((change) => (
            <li key={change.path}>
              <button
                type="button"
                aria-expanded={opened === change.path}
                className="w-full rounded-md px-2 py-1 text-left hover:bg-hover"
                onClick={() => setOpened(opened === change.path ? undefined : change.path)}
              >
                <ChangeLine change={change} />
              </button>
              {opened === change.path && (
                <FileDifference app={app} difference={data} path={change.path} />
              )}
            </li>
          ))}
        </ul>
      )}
      {data && data.changes.length > SHOWN && (
        <p className="px-5 pb-4 text-sm text-muted">
          {t('and {added} more', { added: data.added + data.changed + data.removed - SHOWN })}
        </p>
      )}
    </Card>
  )
}

interface FileProps {
  app: string
  difference: SourceDifference
  path: string
}

function FileDifference({ app, difference, path }: FileProps) {
  const { data, error, refetch } = useQuery(fileQuery(app, difference, path))
  const name = path.split('/').at(-1) ?? ''
  if (error)
    return (
      <div className="p-2 font-sans">
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </div>
    )
  if (!data) return <Skeleton className="m-2 h-40" />
  return (
    <div className="m-2 overflow-hidden rounded-md border border-line font-sans">
      {differsInLineEnds(data.older, data.newer) && (
        <p className="border-b border-line px-3 py-2 text-sm text-muted">
          {t('Only how its lines end is different (Unix, Windows).')}
        </p>
      )}
      <Suspense fallback={<Skeleton className="h-40" />}>
        <CodeEditor
          text={data.newer}
          original={data.older}
          name={name}
          label={t('Changes of {name}', { name })}
          readOnly
          short
          onChange={() => undefined}
          onSave={() => undefined}
        />
      </Suspense>
    </div>
  )
}

function sayCounts({ added, changed, removed, before, commit, beforeCommit }: SourceDifference) {
  const parts = [
    added > 0 && t('{added} added', { added }),
    changed > 0 && t('{changed} changed', { changed }),
    removed > 0 && t('{removed} removed', { removed }),
  ].filter((part) => part !== false)
  const from = beforeCommit ? ` (${beforeCommit.sha.slice(0, 7)})` : ''
  const to = commit ? ` ${t('Now {commit}.', { commit: commit.sha.slice(0, 7) })}` : ''
  const than =
    before === null ? t('the first release') : t('compared with v{before}{from}', { before, from })
  return `${parts.join(', ') || t('The same code')}, ${than}.${to}`
}
