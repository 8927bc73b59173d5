import { useQuery } from '@tanstack/react-query'
import type { AppPort } from '@vastrox/shared/app-port.ts'
import { Cable, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { AddPortDialog } from '#features/ports/add-port-dialog.tsx'
import { portsQuery, useRemovePort } from '#features/ports/queries.ts'
import { useMay } from '#features/session/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
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
      Publish a port
    </Button>
  )

  return (
    <Card
      title="TCP and UDP ports"
      lead="Ports of the server that lead straight to the app: game servers, MQTT, whatever speaks no HTTP."
      flush
      aside={ports.length > 0 && add}
    >
      {data && ports.length === 0 && (
        <EmptyState
          icon={<Cable size={20} aria-hidden />}
          title="No port of the server leads here"
          actions={add}
        >
          Web traffic needs none. The operator gives out {data.allowed.join(', ') || 'no ports'}.
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
          to {port.process} at port {port.to},{' '}
          {port.sources.length === 0 ? 'from anywhere' : `from ${port.sources.join(', ')}`}
        </p>
        {port.problem !== null && <p className="text-sm text-warn">{port.problem}</p>}
      </div>
      {port.traffic && (
        <p className="text-right text-sm text-muted tabular-nums">
          {port.traffic.connections} {port.protocol === 'tcp' ? 'connections' : 'flows'},{' '}
          {port.traffic.refused} refused
          <span className="block">
            {sayBytes(port.traffic.bytesIn)} in, {sayBytes(port.traffic.bytesOut)} out
          </span>
        </p>
      )}
      {mayPublish && (
        <Button
          size="sm"
          variant="quiet"
          aria-label={`Close the port ${title}`}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={() => setClosing(true)}
        />
      )}
      <ConfirmDialog
        name={title}
        title={`Close ${title}`}
        lead="Whoever is connected over it is cut off at once."
        act="Close the port"
        open={closing}
        error={remove.error}
        busy={remove.isPending}
        onClose={() => setClosing(false)}
        onConfirm={() => remove.mutate(port.name, { onSuccess: () => setClosing(false) })}
      />
    </li>
  )
}
