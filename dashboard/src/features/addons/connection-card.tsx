import type { Addon } from '@vastrox/shared/addon.ts'
import { useConsoleCommand } from '#features/addons/use-console-command.ts'
import { t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { CopyButton } from '#ui/copy-block.tsx'

/** Where apps reach it. Who may come in is in its attachments. */
export function ConnectionCard({ addon: { name, host, port } }: { addon: Addon }) {
  const command = useConsoleCommand(name)
  return (
    <Card title={t('Connection')} lead={t('From attached apps only.')} className="lg:col-span-2">
      <dl className="space-y-4">
        <Fact label={t('Host')} value={host} />
        <Fact label={t('Port')} value={String(port)} />
        {command !== undefined && <Fact label={t('Console from your machine')} value={command} />}
      </dl>
    </Card>
  )
}

const Fact = ({ label, value }: { label: string; value: string }) => (
  <div className="min-w-0">
    <dt className="text-sm text-muted">{label}</dt>
    <dd className="flex items-center gap-1">
      <code className="min-w-0 break-all">{value}</code>
      <CopyButton text={value} label={t('Copy {label}', { label })} className="-my-1.5" />
    </dd>
  </div>
)
