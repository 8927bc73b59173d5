import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { subjectsQuery } from '#features/backups/queries.ts'
import { channelsQuery } from '#features/channels/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'

interface Step {
  to: NonNullable<LinkProps['to']>
  title: string
  why: string
}

/** What an operator would do next, as long as it is not done. */
export function StepsOn() {
  const mayChannels = useMay('channel.manage')
  const mayBackups = useMay('backup.read')
  const channels = useQuery({ ...channelsQuery, enabled: mayChannels })
  const subjects = useQuery({ ...subjectsQuery, enabled: mayBackups })
  const unprotected = (subjects.data ?? []).filter(
    ({ isThere, proof }) => isThere && proof.lastBackupAt === null,
  )
  const steps: Step[] = [
    ...(channels.data?.length === 0
      ? [
          {
            to: '/alerts/channels' as const,
            title: t('Be told when something is wrong'),
            why: t('No channel yet: alerts are seen here only.'),
          },
        ]
      : []),
    ...(unprotected.length > 0
      ? [
          {
            to: '/backups' as const,
            title: t('Back up what has no backup'),
            why: t('{unprotected} without a way back.', { unprotected: unprotected.length }),
          },
        ]
      : []),
  ]
  if (steps.length === 0) return null
  return (
    <Card title={t('Worth doing')} flush>
      <ul>
        {steps.map(({ to, title, why }) => (
          <li key={to} className="border-b border-line last:border-0">
            <Link
              to={to}
              className="group flex items-center gap-3 px-4 py-3 hover:bg-hover sm:px-5"
            >
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{title}</span>
                <span className="block text-sm text-muted">{why}</span>
              </span>
              <ChevronRight size={16} aria-hidden className="shrink-0 text-faint" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
