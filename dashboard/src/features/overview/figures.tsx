import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { App } from '@vastrox/shared/app.ts'
import type { SubjectOverview } from '@vastrox/shared/backup.ts'
import type { UptimeCheck } from '@vastrox/shared/uptime.ts'
import { alertSummaryQuery } from '#features/alerts/summary-query.ts'
import { appsQuery } from '#features/apps/queries.ts'
import { subjectsQuery } from '#features/backups/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { checksQuery } from '#features/uptime/queries.ts'
import { t } from '#lib/words.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { StateDot } from '#ui/state.tsx'
import type { Tone } from '#ui/tone.ts'

interface Said {
  value: string
  note: string
  tone: Tone
}

/** Four figures that answer "is all well?", each the way to its page. */
export function Figures() {
  const may = {
    alerts: useMay('alert.read'),
    uptime: useMay('uptime.read'),
    backups: useMay('backup.read'),
  }
  const apps = useQuery(appsQuery)
  const alerts = useQuery({ ...alertSummaryQuery, enabled: may.alerts })
  const checks = useQuery({ ...checksQuery, enabled: may.uptime })
  const subjects = useQuery({ ...subjectsQuery, enabled: may.backups })
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 lg:grid-cols-4">
      <Tile
        to="/apps"
        label={t('Apps')}
        said={apps.data && sayApps(apps.data)}
        error={apps.error}
      />
      {may.alerts && (
        <Tile
          to="/alerts"
          label={t('Alerts')}
          said={alerts.data && sayAlerts(alerts.data)}
          error={alerts.error}
        />
      )}
      {may.uptime && (
        <Tile
          to="/uptime"
          label={t('Uptime')}
          said={checks.data && sayUptime(checks.data)}
          error={checks.error}
        />
      )}
      {may.backups && (
        <Tile
          to="/backups"
          label={t('Proven backups')}
          said={subjects.data && sayBackups(subjects.data)}
          error={subjects.error}
        />
      )}
    </div>
  )
}

interface TileProps {
  to: NonNullable<LinkProps['to']>
  label: string
  said: Said | undefined
  error: Error | null
}

function Tile({ to, label, said, error }: TileProps) {
  return (
    <Link
      to={to}
      className="min-w-0 rounded-lg border border-line bg-surface px-4 py-3.5 transition-colors hover:border-line-strong hover:bg-raised sm:px-5"
    >
      <span className="flex items-center justify-between text-sm text-muted">
        {label}
        {said && <StateDot tone={said.tone} />}
      </span>
      {said ? (
        <>
          <span className="tabular mt-1 block text-xl font-semibold">{said.value}</span>
          <span className="block truncate text-sm text-muted">{said.note}</span>
        </>
      ) : error ? (
        <span className="mt-1 block text-sm text-bad">{error.message}</span>
      ) : (
        <>
          <Skeleton className="mt-2.5 h-5 w-16" />
          <Skeleton className="mt-2 h-3.5 w-24" />
        </>
      )}
    </Link>
  )
}

function sayApps(apps: readonly App[]): Said {
  const failing = apps.filter(({ state }) => state === 'crashed' || state === 'degraded')
  const deploying = apps.filter(({ state }) => state === 'deploying').length
  const running = apps.filter(({ state }) => state === 'running').length
  if (failing.length > 0)
    return {
      value: t('{failing} of {apps}', { failing: failing.length, apps: apps.length }),
      note: t('not well: {failing}', { failing: failing.map(({ name }) => name).join(', ') }),
      tone: 'bad',
    }
  return {
    value: String(apps.length),
    note:
      deploying > 0
        ? t('{deploying} deploying', { deploying })
        : apps.length === 0
          ? t('none yet')
          : t('{running} running', { running }),
    tone: deploying > 0 ? 'busy' : apps.length === 0 ? 'idle' : 'good',
  }
}

function sayAlerts({ critical, warning }: { critical: number; warning: number }): Said {
  if (critical + warning === 0) return { value: '0', note: t('nothing is wrong'), tone: 'good' }
  return {
    value: String(critical + warning),
    note: [
      critical > 0 && t('{critical} critical', { critical }),
      warning > 0 && t('{warning} to look at', { warning }),
    ]
      .filter(Boolean)
      .join(', '),
    tone: critical > 0 ? 'bad' : 'warn',
  }
}

function sayUptime(checks: readonly UptimeCheck[]): Said {
  const looked = checks.filter(({ state }) => state !== 'paused' && state !== 'waiting')
  const down = looked.filter(({ state }) => state === 'down')
  if (looked.length === 0) return { value: '–', note: t('nothing looked at yet'), tone: 'idle' }
  return {
    value: t('{looked} of {looked2}', {
      looked: looked.length - down.length,
      looked2: looked.length,
    }),
    note:
      down.length === 0
        ? t('are up')
        : t('down: {down}', { down: down.map(({ name }) => name).join(', ') }),
    tone: down.length === 0 ? 'good' : 'bad',
  }
}

function sayBackups(subjects: readonly SubjectOverview[]): Said {
  const there = subjects.filter(({ isThere }) => isThere)
  const proven = there.filter(({ proof }) => proof.provenAt !== null && proof.failure === null)
  const failed = there.filter(({ proof }) => proof.failure !== null).length
  if (there.length === 0) return { value: '–', note: t('nothing to back up yet'), tone: 'idle' }
  return {
    value: t('{proven} of {there}', { proven: proven.length, there: there.length }),
    note: failed > 0 ? t('{failed} failed its drill', { failed }) : t('restored for proof'),
    tone: failed > 0 ? 'bad' : proven.length < there.length ? 'warn' : 'good',
  }
}
