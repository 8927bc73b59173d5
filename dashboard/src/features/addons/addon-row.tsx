import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Addon, AddonUsage } from '@vastrox/shared/addon.ts'
import { ADDON_STATE } from '#features/addons/addon-words.ts'
import { KindSign } from '#features/addons/kind-sign.tsx'
import { usageQuery } from '#features/addons/queries.ts'
import { AddonProof } from '#features/addons/addon-proof.tsx'
import { sayBytes } from '#lib/bytes.ts'
import { t, tn } from '#lib/words.ts'
import { Badge } from '#ui/state.tsx'

/** One add-on in the list; the whole row leads to it. */
export function AddonRow({ addon }: { addon: Addon }) {
  const { name, kind, title, version, state, reason } = addon
  const { label, tone } = ADDON_STATE[state]
  const { data: usage } = useQuery({ ...usageQuery(name), enabled: state === 'running' })
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3.5 transition-colors last:border-0 hover:bg-hover sm:px-5">
      <KindSign kind={kind} />
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            to="/addons/$addon"
            params={{ addon: name }}
            className="font-semibold break-all after:absolute after:inset-0"
          >
            {name}
          </Link>
          <Badge tone={tone} dot>
            {label}
          </Badge>
          <AddonProof addon={addon} />
        </p>
        <p className="text-sm break-words text-muted">
          {title} {version}
          {reason !== null && (
            <span className={state === 'failed' ? 'text-bad' : ''}> · {reason}</span>
          )}
        </p>
        <p className="text-sm break-words text-muted">{sayApps(addon)}</p>
      </div>
      {state === 'running' && (
        <p className="tabular basis-full pl-13 text-sm text-muted sm:basis-auto sm:pl-0 sm:text-right">
          {sayUsage(usage)}
        </p>
      )}
    </li>
  )
}

const sayApps = ({ attachments }: Addon): string =>
  attachments.length === 0
    ? t('attached to no app')
    : t('attached to {value}', {
        value: [...new Set(attachments.map(({ app }) => app))].join(', '),
      })

function sayUsage(usage: AddonUsage | undefined): string {
  if (!usage) return '…'
  const { sizeBytes, connections, maxConnections } = usage
  return [
    sizeBytes === null ? undefined : t('{sizeBytes} on disk', { sizeBytes: sayBytes(sizeBytes) }),
    connections === null
      ? undefined
      : maxConnections === null
        ? tn(connections, '{count} connection', '{count} connections')
        : t('{connections} of {maxConnections} connections', { connections, maxConnections }),
  ]
    .filter((part) => part !== undefined)
    .join(' · ')
}
