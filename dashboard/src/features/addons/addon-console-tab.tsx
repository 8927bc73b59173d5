import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { addonQuery, catalogQuery } from '#features/addons/queries.ts'
import { useConsoleCommand } from '#features/addons/use-console-command.ts'
import { useAddonName } from '#features/addons/use-addon-name.ts'
import { useMay } from '#features/session/queries.ts'
import { TerminalCard } from '#features/terminal/terminal-card.tsx'
import type { Load } from '#lib/load.ts'
import { useTitle } from '#lib/use-title.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { Notice } from '#ui/notice.tsx'

const SHELL: Record<string, string> = {
  postgresql: 'psql',
  mariadb: 'mariadb',
  mysql: 'mysql',
  redis: 'redis-cli',
  valkey: 'valkey-cli',
}

export const load: Load = ({ read }) => read(catalogQuery)

/** The way into it by its own shell. */
export function AddonConsoleTab() {
  const name = useAddonName()
  const { data: addon } = useSuspenseQuery(addonQuery(name))
  const { data: catalog } = useQuery(catalogQuery)
  const command = useConsoleCommand(name)
  const mayOpen = useMay('addon.open')
  useTitle(t('Console · {name}', { name }))
  const entry = catalog?.find(({ kind }) => kind === addon.kind)

  if (entry?.hasConsole === false)
    return (
      <Notice tone="info" title={t('{title} has no console', { title: addon.title })}>
        {t('Apps that it is attached to reach it at {host}:{port}.', {
          host: addon.host,
          port: addon.port,
        })}
      </Notice>
    )
  if (!mayOpen)
    return (
      <Notice tone="info" title={t('You see {name}, and may not open its console', { name })}>
        {t('An owner or admin of the team can give you a role that reads what is in it.')}
      </Notice>
    )
  return (
    <div className="grid gap-4">
      <TerminalCard
        title={t('{kind} of {name}', { kind: SHELL[addon.kind] ?? t('Its shell'), name })}
        lead={t("As the platform's own user. It ends with the page; opening it is audited.")}
        path={`/addons/${name}/terminals`}
        wish={NO_WISH}
      />
      <Card
        title={t('{kind} over ssh', { kind: SHELL[addon.kind] ?? t('Its shell') })}
        lead={t('In a real terminal, with completion and history. Opening it is audited.')}
      >
        {command !== undefined && <CopyBlock label={t('command')} text={command} />}
      </Card>
    </div>
  )
}

/** As nobody's but the platform's own user. */
const NO_WISH = {}
