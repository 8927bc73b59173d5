import { useSuspenseQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import type { Release } from '@vastrox/shared/release.ts'
import { PackageCheck, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useAppName } from '#features/app/use-app-name.ts'
import { EnvDifferenceLine } from '#features/releases/env-difference-line.tsx'
import { releasesQuery } from '#features/releases/queries.ts'
import { RollBackDialog } from '#features/releases/roll-back-dialog.tsx'
import { useMay } from '#features/session/queries.ts'
import { cx } from '#lib/cx.ts'
import { sayBytes } from '#lib/bytes.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'

export const load: Load = ({ read, params: { name } }) => read(releasesQuery(name))

export function ReleasesTab() {
  const name = useAppName()
  const { data: releases } = useSuspenseQuery(releasesQuery(name))
  const mayDeploy = useMay('app.deploy')
  const mayReadEnv = useMay('env.read')
  const [target, setTarget] = useState<Release>()
  useTitle(t('Releases · {name}', { name }))
  const live = releases.find((release) => release.live)

  if (releases.length === 0) {
    return (
      <Card flush>
        <EmptyState
          icon={<PackageCheck size={20} aria-hidden />}
          title={t('No releases yet')}
          actions={
            <ButtonLink to="/apps/$name/push" params={{ name }} variant="primary">
              {t('Show the commands')}
            </ButtonLink>
          }
        >
          {t(
            'A release is an image with its env and processes, numbered and never changed. Each can be gone back to in about a second.',
          )}
        </EmptyState>
      </Card>
    )
  }
  return (
    <>
      <Card flush>
        <ul>
          {releases.map((release) => (
            <ReleaseRow
              key={release.number}
              app={name}
              mayReadEnv={mayReadEnv}
              release={release}
              onRollBack={mayDeploy ? () => setTarget(release) : undefined}
            />
          ))}
        </ul>
      </Card>
      <RollBackDialog app={name} live={live} target={target} onClose={() => setTarget(undefined)} />
    </>
  )
}

interface RowProps {
  app: string
  mayReadEnv: boolean
  release: Release
  onRollBack: (() => void) | undefined
}

function ReleaseRow({ app, release, mayReadEnv, onRollBack }: RowProps) {
  const { number, live, canRollBack, commit, description, stack, imageSizeBytes } = release
  const isWanted = useLocation({ select: ({ hash }) => hash === `v${number}` })
  const isPush = commit !== null && description.startsWith('push')
  return (
    <li
      id={`v${number}`}
      className={cx(
        'grid scroll-mt-20 grid-cols-[3.5rem_minmax(0,1fr)_auto] items-center gap-x-3 border-b border-line px-4 py-3 last:border-0 sm:px-5',
        isWanted && 'bg-accent-soft',
      )}
    >
      <span className="tabular text-lg font-semibold">{t('v{number}', { number })}</span>
      <div className="min-w-0">
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{isPush ? commit?.subject : description}</span>
          {live && (
            <Badge tone="good" dot>
              {t('Live')}
            </Badge>
          )}
        </p>
        <p className="text-sm text-muted">
          {commit && (
            <>
              <span className="font-mono text-xs">{commit.sha.slice(0, 7)}</span>
              {` · ${isPush ? description.split(':')[0] : commit.subject} · `}
            </>
          )}
          {`${stack} · ${sayBytes(imageSizeBytes)} · `}
          <Ago at={release.createdAt} />
        </p>
      </div>
      {mayReadEnv && (
        <EnvDifferenceLine app={app} release={number} className="col-start-2 row-start-2" />
      )}
      {!live && onRollBack && (
        <Button
          size="sm"
          disabled={!canRollBack}
          title={canRollBack ? undefined : t('Its image is no longer kept.')}
          aria-label={t('Roll back to v{number}', { number })}
          onClick={onRollBack}
          icon={<Undo2 size={14} aria-hidden />}
        >
          <span className="hidden sm:inline">{t('Roll back')}</span>
        </Button>
      )}
    </li>
  )
}
