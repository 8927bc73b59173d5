import { queryOptions, useQuery } from '@tanstack/react-query'
import { EnvDifference } from '@vastrox/shared/env.ts'
import { useState } from 'react'
import { api } from '#lib/api.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'

const differenceQuery = (app: string, release: number) =>
  queryOptions({
    queryKey: ['app', app, 'releases', release, 'env-difference'],
    queryFn: ({ signal }) =>
      api.get(`/apps/${app}/releases/${release}/env-difference`, EnvDifference, { signal }),
  })

interface Props {
  app: string
  release: number
  className?: string
}

/** What the release's env has that the one before had not; asked for when it is opened. Names only. */
export function EnvDifferenceLine({ app, release, className }: Props) {
  const [isOpen, setIsOpen] = useState(false)
  const { data, error } = useQuery({ ...differenceQuery(app, release), enabled: isOpen })

  return (
    <details
      className={cx('mt-1 min-w-0 text-sm', className)}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="w-fit cursor-pointer text-muted hover:text-ink">
        {t('Env changes')}
      </summary>
      {error && <p className="text-bad">{error.message}</p>}
      {data && <Lines difference={data} />}
    </details>
  )
}

function Lines({ difference }: { difference: EnvDifference }) {
  const { before, added, removed, changed } = difference
  const lines = [
    ...added.map((key) => ['+', key, 'added'] as const),
    ...removed.map((key) => ['−', key, 'removed'] as const),
    ...(changed ?? []).map((key) => ['~', key, 'changed'] as const),
  ]
  const against = before === null ? t('nothing before it') : `v${before}`
  return (
    <div className="mt-1">
      {lines.length === 0 ? (
        <p className="text-muted">{t('The same as {against}.', { against })}</p>
      ) : (
        <ul aria-label={t('Against {against}', { against })}>
          {lines.map(([sign, key, word]) => (
            <li key={key} className="flex gap-2">
              <span aria-hidden className="w-3 font-mono text-muted">
                {sign}
              </span>
              <code className="break-all">{key}</code>
              <span className="text-muted">{word}</span>
            </li>
          ))}
        </ul>
      )}
      {changed === null && (
        <p className="text-muted">{t('Which values differ is no longer known.')}</p>
      )}
    </div>
  )
}
