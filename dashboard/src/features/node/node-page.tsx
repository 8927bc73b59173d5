import { useSuspenseQuery } from '@tanstack/react-query'
import type { Node } from '@vastrox/shared/node.ts'
import type { Health } from '#features/node/health.ts'
import { Cpu, HardDrive, type LucideIcon, MemoryStick } from 'lucide-react'
import { ExposureCard } from '#features/node/exposure-card.tsx'
import { HostCareCard } from '#features/node/host-care-card.tsx'
import { healthQuery, nodesQuery } from '#features/node/queries.ts'
import { sayBytes } from '#lib/bytes.ts'
import { decimal } from '#lib/decimal.ts'
import type { Load } from '#lib/load.ts'
import { t, tn } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { Meter } from '#ui/meter.tsx'
import { Badge, StateDot } from '#ui/state.tsx'

export const load: Load = ({ read }) => Promise.all([read(nodesQuery), read(healthQuery)])

export function NodePage() {
  const { data: nodes } = useSuspenseQuery(nodesQuery)
  const { data: health } = useSuspenseQuery(healthQuery)

  return (
    <div className="space-y-5">
      {nodes.map((node) => (
        <NodeCard key={node.name} node={node} />
      ))}
      <ExposureCard />
      <HostCareCard />
      <HealthCard health={health} />
    </div>
  )
}

function NodeCard({ node }: { node: Node }) {
  const memoryUsed = node.memoryBytes - node.memoryAvailableBytes
  const diskUsed = node.diskBytes - node.diskAvailableBytes
  return (
    <Card
      title={node.name}
      lead={
        node.engineVersion === null
          ? t('Docker does not answer')
          : t('Docker {engineVersion}', { engineVersion: node.engineVersion })
      }
      aside={
        <Badge tone={node.reachable ? 'good' : 'bad'} dot>
          {node.reachable ? t('Reachable') : t('Unreachable')}
        </Badge>
      }
    >
      <div className="grid grid-cols-1 gap-6 sm:grid-cols-3">
        <Gauge
          icon={Cpu}
          label="CPU"
          share={node.loadAverage / node.cpus}
          text={tn(node.cpus, 'load {load} on 1 core', 'load {load} on {count} cores', {
            load: decimal(node.loadAverage, 2, 2),
          })}
        />
        <Gauge
          icon={MemoryStick}
          label={t('Memory')}
          share={memoryUsed / node.memoryBytes}
          text={t('{memoryUsed} of {memoryBytes}', {
            memoryUsed: sayBytes(memoryUsed),
            memoryBytes: sayBytes(node.memoryBytes),
          })}
        />
        <Gauge
          icon={HardDrive}
          label={t('Disk')}
          share={diskUsed / node.diskBytes}
          text={t('{diskUsed} of {diskBytes}', {
            diskUsed: sayBytes(diskUsed),
            diskBytes: sayBytes(node.diskBytes),
          })}
        />
      </div>
    </Card>
  )
}

interface GaugeProps {
  icon: LucideIcon
  label: string
  /** Of the whole, 0 to 1. */
  share: number
  text: string
}

function Gauge({ icon: Icon, label, share, text }: GaugeProps) {
  const known = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0
  return (
    <div>
      <p className="mb-2 flex items-center gap-2 text-sm text-muted">
        <Icon size={15} aria-hidden />
        {label}
      </p>
      <p className="tabular mb-2 text-xl font-semibold">{Math.round(known * 100)} %</p>
      <Meter share={known} />
      <p className="tabular mt-2 text-sm text-muted">{text}</p>
    </div>
  )
}

function HealthCard({ health }: { health: Health }) {
  return (
    <Card
      title={
        health.version === undefined
          ? t('Vastrox')
          : t('Vastrox {version}', { version: health.version })
      }
      lead={t('Traffic does not depend on the daemon: apps answer while it is away.')}
      flush
      aside={
        <Badge tone={health.status === 'ok' ? 'good' : 'warn'} dot>
          {health.status === 'ok' ? t('Healthy') : t('Degraded')}
        </Badge>
      }
    >
      <ul>
        {Object.entries(health.parts).map(([name, standing]) => (
          <li
            key={name}
            className="flex items-center gap-3 border-b border-line px-4 py-3 last:border-0 sm:px-5"
          >
            <StateDot tone={standing === 'ok' ? 'good' : 'bad'} />
            <span className="font-medium capitalize">{name}</span>
            <span className="ml-auto text-muted">
              {standing === 'ok' ? t('answers') : t('does not answer')}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
