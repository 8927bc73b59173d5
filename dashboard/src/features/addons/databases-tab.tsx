import { useSuspenseQuery } from '@tanstack/react-query'
import type { Addon } from '@vastrox/shared/addon.ts'
import { Database, Plus } from 'lucide-react'
import { useState } from 'react'
import { AddonProof } from '#features/addons/addon-proof.tsx'
import { ADDON_STATE } from '#features/addons/addon-words.ts'
import { AttachDialog } from '#features/addons/attach-dialog.tsx'
import { AttachmentRow } from '#features/addons/attachments-card.tsx'
import { KindSign } from '#features/addons/kind-sign.tsx'
import { addonsQuery } from '#features/addons/queries.ts'
import { useAppName } from '#features/app/use-app-name.ts'
import { subjectsQuery } from '#features/backups/queries.ts'
import { useMay } from '#features/session/queries.ts'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { rich, t } from '#lib/words.ts'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'

export const load: Load = ({ read, may }) =>
  Promise.all([may('addon.read') && read(addonsQuery), may('backup.read') && read(subjectsQuery)])

/** The databases of one app: what is attached, and another one in place. */
export function DatabasesTab() {
  const app = useAppName()
  const { data: addons } = useSuspenseQuery(addonsQuery)
  const mayCreate = useMay('addon.create')
  const mayChange = useMay('addon.change')
  useTitle(t('Databases · {app}', { app }))
  const isMine = ({ attachments }: Addon) => attachments.some((each) => each.app === app)
  const mine = addons.filter(isMine)
  const others = addons.filter((addon) => !isMine(addon))
  const add = mayCreate && (
    <ButtonLink
      variant="primary"
      to="/addons/new"
      search={{ app }}
      icon={<Plus size={15} aria-hidden />}
    >
      {t('New database')}
    </ButtonLink>
  )

  return (
    <div className="space-y-5">
      {mine.length === 0 ? (
        <Card flush>
          <EmptyState
            icon={<Database size={20} aria-hidden />}
            title={t('No database is attached')}
            docs="addons"
            actions={add}
          >
            {rich(
              t(
                'One click creates PostgreSQL, MariaDB or Redis and gives {app} its address as a variable. Or name them in app.json, {code}, and the first deployment makes them.',
              ),
              { app, code: <code>"addons": ["postgresql"]</code> },
            )}
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-muted">{t('{app} has a user of its own in each.', { app })}</p>
            {add}
          </div>
          {mine.map((addon) => (
            <MineCard key={addon.name} app={app} addon={addon} />
          ))}
        </>
      )}
      {others.length > 0 && mayChange && <OthersCard app={app} addons={others} />}
    </div>
  )
}

function MineCard({ app, addon }: { app: string; addon: Addon }) {
  const { label, tone } = ADDON_STATE[addon.state]
  return (
    <Card
      title={`${addon.title} ${addon.version}`}
      flush
      aside={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={tone} dot>
            {label}
          </Badge>
          <AddonProof addon={addon} />
        </span>
      }
    >
      <ul>
        {addon.attachments
          .filter((attachment) => attachment.app === app)
          .map((attachment) => (
            <AttachmentRow
              key={attachment.prefix}
              addon={addon.name}
              attachment={attachment}
              isOfApp
            />
          ))}
      </ul>
    </Card>
  )
}

/** What is there already and could be shared. */
function OthersCard({ app, addons }: { app: string; addons: readonly Addon[] }) {
  const [attaching, setAttaching] = useState<Addon>()
  return (
    <Card
      title={t('Or share one that is there')}
      lead={t('Apps that share a database share its tables.')}
      flush
    >
      <ul>
        {addons.map((addon) => (
          <li
            key={addon.name}
            className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-3 last:border-0 sm:px-5"
          >
            <KindSign kind={addon.kind} />
            <div className="min-w-0 flex-1 basis-40">
              <p className="font-medium break-all">{addon.name}</p>
              <p className="text-sm text-muted">
                {addon.title} {addon.version}
              </p>
            </div>
            <Button
              size="sm"
              aria-label={t('Attach: {name}', { name: addon.name })}
              disabled={addon.state !== 'running'}
              onClick={() => setAttaching(addon)}
            >
              {t('Attach')}
            </Button>
          </li>
        ))}
      </ul>
      {attaching && (
        <AttachDialog addon={attaching} app={app} open onClose={() => setAttaching(undefined)} />
      )}
    </Card>
  )
}
