import { useQuery } from '@tanstack/react-query'
import type { AppPort } from '@vastrox/shared/app-port.ts'
import { Cable, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { AddPortDialog } from '#features/ports/add-port-dialog.tsx'
import { portsQuery, useRemovePort } from '#features/ports/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Badge } from '#ui/state.tsx'

/** Raw TCP and UDP ports of the server: for games, MQTT and whatever else speaks no HTTP. */
export function PortsCard({ app }: { app: string }) {
  const { data } = useQuery(portsQuery(app))
  const mayPublish = useMay('port.publish')
  const [adding, setAdding] = useState(false)
  const ports = data?.ports ?? []
  const add = mayPublish && (
    <Button size="sm" icon={<Plus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t('Publish a port')}
    </Button>
  )

  return (
    <Card
      title={t('TCP and UDP ports')}
      lead={t(
        'Ports of the server that lead straight to the app: game servers, MQTT, whatever speaks no HTTP.',
      )}
      flush
      aside={ports.length > 0 && add}
    >
      {data && ports.length === 0 && (
        <EmptyState
          icon={<Cable size={20} aria-hidden />}
          title={t('No port of the server leads here')}
          actions={add}
        >
          {t('Web traffic needs none. The operator gives out {allowed}.', {
            allowed: data.allowed.join(', ') || t('no ports'),
          })}
        </EmptyState>
      )}
      {ports.length > 0 && (
        <ul>
          {ports.map((port) => (
            <PortRow key={port.name} app={app} port={port} />
          ))}
        </ul>
      )}
      <AddPortDialog app={app} open={adding} onClose={() => setAdding(false)} />
    </Card>
  )
}

function PortRow({ app, port }: { app: string; port: AppPort }) {
  const mayPublish = useMay('port.publish')
  const remove = useRemovePort(app)
  const [closing, setClosing] = useState(false)
  const title = `${port.ports}/${port.protocol}`
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 last:border-0 sm:px-5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-mono font-medium break-all">{port.address}</span>
          <Badge tone="idle">{port.protocol.toUpperCase()}</Badge>
        </p>
        <p className="text-sm text-muted">
          {port.sources.length === 0
            ? t('to {process} at port {to}, from anywhere', { process: port.process, to: port.to })
            : t('to {process} at port {to}, from {sources}', {
                process: port.process,
                to: port.to,
                sources: port.sources.join(', '),
              })}
        </p>
        {port.problem !== null && <p className="text-sm text-warn">{port.problem}</p>}
      </div>
      {port.traffic && (
        <p className="text-right text-sm text-muted tabular-nums">
          {port.protocol === 'tcp'
            ? t('{connections} connections, {refused} refused', {
                connections: port.traffic.connections,
                refused: port.traffic.refused,
              })
            : t('{connections} flows, {refused} refused', {
                connections: port.traffic.connections,
                refused: port.traffic.refused,
              })}
          <span className="block">
            {t('{bytesIn} in, {bytesOut} out', {
              bytesIn: sayBytes(port.traffic.bytesIn),
              bytesOut: sayBytes(port.traffic.bytesOut),
            })}
          </span>
        </p>
      )}
      {mayPublish && (
        <Button
          size="sm"
          variant="quiet"
          aria-label={t('Close the port {title}', { title })}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={() => setClosing(true)}
        />
      )}
      <ConfirmDialog
        name={title}
        title={t('Close {title}', { title })}
        lead={t('Whoever is connected over it is cut off at once.')}
        act={t('Close the port')}
        open={closing}
        error={remove.error}
        busy={remove.isPending}
        onClose={() => setClosing(false)}
        onConfirm={() => remove.mutate(port.name, { onSuccess: () => setClosing(false) })}
      />
    </li>
  )
}
