import { Link } from '@tanstack/react-router'
import type { App } from '@vastrox/shared/app.ts'
import { ExternalLink, GitBranch } from 'lucide-react'
import { APP_STATE } from '#features/apps/app-state.ts'
import { withoutScheme } from '#lib/address.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'
import { StateDot } from '#ui/state.tsx'
import { TONE_TEXT } from '#ui/tone.ts'

/** One app in the grid. The whole card leads to it; its address is a link of its own. */
export function AppCard({ app }: { app: App }) {
  const { label, tone } = APP_STATE[app.state]
  const [url] = app.urls

  return (
    <article className="group relative flex h-36 flex-col rounded-lg border border-line bg-surface p-4 shadow-low transition-colors hover:border-line-strong hover:bg-raised">
      <div className="flex items-start justify-between gap-3">
        <div className="flex min-w-0 items-center gap-3">
          <Monogram name={app.name} />
          <div className="min-w-0">
            <h2 className="truncate font-semibold">
              <Link
                to="/apps/$name"
                params={{ name: app.name }}
                className="after:absolute after:inset-0 after:rounded-lg"
              >
                {app.name}
              </Link>
            </h2>
            {url !== undefined && app.liveRelease !== null ? (
              <a
                href={url}
                target="_blank"
                rel="noreferrer"
                className="relative z-10 flex items-center gap-1 text-sm text-muted hover:text-accent"
              >
                <span className="truncate">{withoutScheme(url)}</span>
                <ExternalLink size={12} aria-hidden className="shrink-0" />
              </a>
            ) : (
              <p className="truncate text-sm text-faint">{t('not live yet')}</p>
            )}
          </div>
        </div>
        <span
          className={`flex shrink-0 items-center gap-1.5 text-sm font-medium ${TONE_TEXT[tone]}`}
        >
          <StateDot tone={tone} />
          {label}
        </span>
      </div>

      <div className="mt-auto pt-4">
        <LastDeployment app={app} />
      </div>
    </article>
  )
}

function LastDeployment({ app }: { app: App }) {
  const last = app.lastDeployment
  if (!last) {
    return (
      <p className="flex items-center gap-1.5 text-sm text-muted">
        <GitBranch size={14} aria-hidden className="text-faint" />
        {app.liveRelease === null
          ? t('Push to it to go live.')
          : t('Release v{liveRelease}', { liveRelease: app.liveRelease })}
      </p>
    )
  }
  return (
    <div className="text-sm">
      <p className="truncate text-ink">
        {last.state === 'failed' && <span className="font-medium text-bad">{t('Failed:')} </span>}
        {last.title}
      </p>
      <p className="mt-0.5 flex items-center gap-1.5 text-muted">
        <span>
          {app.liveRelease === null
            ? `#${last.number}`
            : t('v{liveRelease}', { liveRelease: app.liveRelease })}
          {app.stack !== null && ` · ${app.stack}`}
        </span>
        <span aria-hidden>·</span>
        <Ago at={last.at} />
      </p>
    </div>
  )
}

/** Two letters to find an app by, in a tint of its own. */
export function Monogram({ name }: { name: string }) {
  const [first = '', second = ''] = name.split('-')
  const letters = second ? first.charAt(0) + second.charAt(0) : first.slice(0, 2)
  return (
    <span
      aria-hidden
      className="flex size-9 shrink-0 items-center justify-center rounded-md border border-line bg-sunken font-mono text-sm font-semibold text-muted uppercase"
    >
      {letters}
    </span>
  )
}
